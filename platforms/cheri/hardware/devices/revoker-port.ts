/** The revoker as the devices that drive it see it. */
export interface RevokerPort {
  start: number;
  end: number;
  readonly busy: boolean;
  /** Begins a walk in cycle `at`. */
  go(at: number): void;
  /** Called when a walk ends: the cycle, and how many cycles it took. */
  onFinished: (at: number, busy: number) => void;
}
