import { endsThread } from '../operations.js';
import {
  type ConditionExpression,
  type Expression,
  type FunctionDefinition,
  type ReferenceExpression,
  type Statement,
  type ValueType,
  visitStatements,
  type WordExpression,
} from '../program.js';
import { INVERSE } from './arithmetic.js';
import {
  type Block,
  constant,
  type Instruction,
  type IrFunction,
  newValue,
  type Operand,
  sameOperand,
  value,
} from './function.js';

/** Values of the variables at one point; undefined for those that are not known there. */
type Environment = readonly (Operand | undefined)[];

/** A block that control comes to from several places; its parameters are made when all of them are known. */
interface Join {
  readonly block: Block;
  readonly edges: { readonly from: Block; readonly environment: Environment }[];
}

/** The linear form of a function. */
export function lowerFunction(definition: FunctionDefinition): IrFunction {
  return new Lowering(definition).lower();
}

class Lowering {
  private readonly fn: IrFunction;
  private environment: (Operand | undefined)[];
  private block: Block;
  private readonly exits: Join[] = [];
  /** False behind a jump: what follows is not reached. */
  private open = true;

  constructor(private readonly definition: FunctionDefinition) {
    this.fn = {
      name: definition.name,
      parameters: definition.variables.slice(0, definition.parameters).map((_, i) => i),
      results: definition.results,
      types: definition.variables.slice(0, definition.parameters).map(({ type }) => type),
      names: definition.variables.slice(0, definition.parameters).map(({ name }) => name),
      blocks: [],
    };
    this.environment = this.fn.parameters.map(value);
    this.block = this.newBlock();
  }

  lower(): IrFunction {
    this.statements(this.definition.body);
    if (this.open) this.block.terminator = { op: 'return', values: [] };
    return this.fn;
  }

  private newBlock(): Block {
    const block: Block = { id: this.fn.blocks.length, parameters: [], instructions: [], terminator: { op: 'stop' } };
    this.fn.blocks.push(block);
    return block;
  }

  private enter(block: Block): void {
    this.block = block;
    this.open = true;
  }

  private emit(instruction: Instruction): void {
    this.block.instructions.push(instruction);
  }

  private result(type: ValueType, name = ''): number {
    return newValue(this.fn, type, name);
  }

  private statements(statements: readonly Statement[]): void {
    for (const statement of statements) this.statement(statement);
  }

  private statement(statement: Statement): void {
    switch (statement.kind) {
      case 'set':
        this.environment[statement.variable] = this.expression(statement.value);
        break;
      case 'load': {
        const { width, signed, variable } = statement;
        const reference = this.expression(statement.reference);
        const result = this.define(variable);
        this.emit({ op: 'load', result, width, signed, reference, offset: 0 });
        break;
      }
      case 'store': {
        const reference = this.expression(statement.reference);
        const stored = this.expression(statement.value);
        this.emit({ op: 'store', width: statement.width, reference, offset: 0, value: stored });
        break;
      }
      case 'if':
        this.choice(statement);
        break;
      case 'while':
        this.whileLoop(statement);
        break;
      case 'loop':
        this.endlessLoop(statement);
        break;
      case 'break':
        this.jumpTo(this.exits[this.exits.length - 1]);
        break;
      case 'call': {
        const given = statement.arguments.map((a) => this.expression(a));
        const results = statement.results.map((variable) => this.define(variable));
        this.emit({ op: 'call', function: statement.function, arguments: given, results });
        break;
      }
      case 'operation': {
        const given = statement.arguments.map((a) => this.expression(a));
        const results = statement.results.map((variable) => this.define(variable));
        this.emit({ op: 'operation', operation: statement.operation, arguments: given, results });
        if (endsThread(statement.operation)) this.open = false;
        break;
      }
      case 'mark':
        this.emit({ op: 'mark', name: statement.name });
        break;
      case 'return':
        this.block.terminator = { op: 'return', values: statement.values.map((v) => this.expression(v)) };
        this.open = false;
        break;
    }
  }

  /** A new value for a variable. */
  private define(variable: number): number {
    const { type, name } = this.definition.variables[variable];
    const result = this.result(type, name);
    this.environment[variable] = value(result);
    return result;
  }

  private choice({ condition, then, otherwise }: Extract<Statement, { kind: 'if' }>): void {
    const thenBlock = this.newBlock();
    const otherBlock = this.newBlock();
    const join = this.newJoin();
    this.condition(condition, thenBlock, otherBlock);
    const before = [...this.environment];
    for (const [block, statements] of [
      [thenBlock, then],
      [otherBlock, otherwise],
    ] as const) {
      this.enter(block);
      this.environment = [...before];
      this.statements(statements);
      if (this.open) this.jumpTo(join);
    }
    this.openJoin(join);
  }

  /**
   * The test stands before the loop and again at the bottom, so that a round has one branch:
   *
   * `if (test) do { body } while (test)`
   */
  private whileLoop({ test, condition, body }: Extract<Statement, { kind: 'while' }>): void {
    const exit = this.newJoin();
    this.loopTest(test, condition, exit);
    const header = this.openHeader([...test, ...body]);
    this.exits.push(exit);
    this.statements(body);
    this.exits.pop();
    if (this.open) {
      this.loopTest(test, condition, exit);
      this.closeHeader(header);
    }
    this.openJoin(exit);
  }

  /** Goes on in a new block if the condition holds, else to the exit. */
  private loopTest(test: readonly Statement[], condition: ConditionExpression, exit: Join): void {
    this.statements(test);
    const goOn = this.newBlock();
    const leave = this.newBlock();
    this.condition(condition, goOn, leave);
    this.enter(leave);
    this.jumpTo(exit);
    this.enter(goOn);
  }

  private endlessLoop({ body }: Extract<Statement, { kind: 'loop' }>): void {
    const exit = this.newJoin();
    const header = this.openHeader(body);
    this.exits.push(exit);
    this.statements(body);
    this.exits.pop();
    if (this.open) this.closeHeader(header);
    this.openJoin(exit);
  }

  /** Begins a loop: each variable that a round may change becomes a parameter of the header. */
  private openHeader(round: readonly Statement[]): { readonly block: Block; readonly variables: readonly number[] } {
    const assigned = assignedVariables(round);
    const variables = [...assigned].filter((v) => this.environment[v] !== undefined).sort((a, b) => a - b);
    const block = this.newBlock();
    this.block.terminator = { op: 'jump', target: block.id, arguments: variables.map((v) => this.known(v)) };
    this.enter(block);
    block.parameters = variables.map((v) => this.define(v));
    return { block, variables };
  }

  private closeHeader({ block, variables }: { block: Block; variables: readonly number[] }): void {
    this.block.terminator = { op: 'jump', target: block.id, arguments: variables.map((v) => this.known(v)) };
    this.open = false;
  }

  private known(variable: number): Operand {
    const operand = this.environment[variable];
    if (operand === undefined) {
      throw new RangeError(`${this.fn.name}: variable ${this.definition.variables[variable].name} has no value here`);
    }
    return operand;
  }

  private newJoin(): Join {
    return { block: this.newBlock(), edges: [] };
  }

  private jumpTo(join: Join): void {
    join.edges.push({ from: this.block, environment: [...this.environment] });
    this.open = false;
  }

  /** Goes on at a join, with parameters for variables that differ between the ways to it. */
  private openJoin({ block, edges }: Join): void {
    this.enter(block);
    if (edges.length === 0) {
      this.open = false;
      return;
    }
    const first = edges[0].environment;
    const differing: number[] = [];
    this.environment = first.map((operand, variable) => {
      const others = edges.map(({ environment }) => environment[variable]);
      if (operand === undefined || others.includes(undefined)) return undefined;
      if (!others.every((o) => o !== undefined && sameOperand(o, operand))) differing.push(variable);
      return operand;
    });
    for (const { from, environment } of edges) {
      const given = differing.map((v) => environment[v]!);
      from.terminator = { op: 'jump', target: block.id, arguments: given };
    }
    block.parameters = differing.map((v) => this.define(v));
  }

  private expression(expression: Expression): Operand {
    switch (expression.kind) {
      case 'constant':
        return constant(expression.value);
      case 'variable':
        return this.known(expression.variable);
      case 'buffer':
        return { kind: 'buffer', name: expression.name };
      case 'binary':
      case 'compare':
        return this.word(expression);
      case 'advance':
      case 'narrow':
        return this.reference(expression);
    }
  }

  private word(expression: Extract<WordExpression, { kind: 'binary' | 'compare' }>): Operand {
    const left = this.expression(expression.left);
    const right = this.expression(expression.right);
    const result = this.result('word');
    if (expression.kind === 'binary') this.emit({ op: 'binary', result, operator: expression.operator, left, right });
    else this.emit({ op: 'compare', result, comparison: expression.comparison, left, right });
    return value(result);
  }

  private reference(expression: Extract<ReferenceExpression, { kind: 'advance' | 'narrow' }>): Operand {
    const reference = this.expression(expression.reference);
    const by = this.expression(expression.kind === 'advance' ? expression.by : expression.bytes);
    const result = this.result('reference');
    if (expression.kind === 'advance') this.emit({ op: 'advance', result, reference, by });
    else this.emit({ op: 'narrow', result, reference, bytes: by });
    return value(result);
  }

  private condition(condition: ConditionExpression, then: Block, otherwise: Block, inverted = false): void {
    switch (condition.kind) {
      case 'compare': {
        const left = this.expression(condition.left);
        const right = this.expression(condition.right);
        const comparison = inverted ? INVERSE[condition.comparison] : condition.comparison;
        this.block.terminator = { op: 'branch', comparison, left, right, then: then.id, otherwise: otherwise.id };
        this.open = false;
        break;
      }
      case 'not':
        this.condition(condition.of, then, otherwise, !inverted);
        break;
      case 'and':
      case 'or': {
        const second = this.newBlock();
        // not (a and b) is (not a) or (not b)
        if ((condition.kind === 'and') !== inverted) this.condition(condition.left, second, otherwise, inverted);
        else this.condition(condition.left, then, second, inverted);
        this.enter(second);
        this.condition(condition.right, then, otherwise, inverted);
        break;
      }
    }
  }
}

/** Variables that the statements may change. */
function assignedVariables(statements: readonly Statement[]): ReadonlySet<number> {
  const found = new Set<number>();
  visitStatements(statements, (statement) => {
    if (statement.kind === 'set' || statement.kind === 'load') found.add(statement.variable);
    if (statement.kind === 'call' || statement.kind === 'operation') statement.results.forEach((v) => found.add(v));
  });
  return found;
}
