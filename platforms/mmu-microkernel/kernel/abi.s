# What programs and the kernel agree on: numbers of calls, kinds of messages, tags of results, error codes (README.md).

# calls, in a0
.equ CALL_MAP_MEMORY, 2
.equ CALL_YIELD, 3
.equ CALL_RETURN_TO_PARENT, 4
.equ CALL_CLAIM_INTERRUPT, 5
.equ CALL_FREE_INTERRUPT, 6
.equ CALL_SWITCH_TO, 7
.equ CALL_CREATE_SERVER, 14
.equ CALL_RECEIVE, 15
.equ CALL_SEND, 16
.equ CALL_CONNECT, 17
.equ CALL_CREATE_THREAD, 18
.equ CALL_UNMAP_MEMORY, 19
.equ CALL_RETURN_MEMORY, 20
.equ CALL_TERMINATE, 22
.equ CALL_TRY_SEND, 24
.equ CALL_TRY_CONNECT, 25
.equ CALL_RETURN_SCALAR1, 26
.equ CALL_RETURN_SCALAR2, 27
.equ CALL_TRY_RECEIVE, 28
.equ CALL_GET_THREAD_ID, 32
.equ CALL_GET_PROCESS_ID, 33
.equ CALL_DESTROY_SERVER, 34
.equ CALL_DISCONNECT, 35
.equ CALL_JOIN_THREAD, 36
.equ CALL_RETURN_SCALAR5, 40
.equ CALL_REPLY_AND_RECEIVE, 41

# kinds of messages, in a2 of a send
.equ KIND_MUTABLE_BORROW, 1
.equ KIND_BORROW, 2
.equ KIND_MOVE, 3
.equ KIND_SCALAR, 4
.equ KIND_BLOCKING_SCALAR, 5

# tags of results, in a0
.equ TAG_OK, 0
.equ TAG_ERROR, 1
.equ TAG_RANGE, 3
.equ TAG_CONNECTION, 7
.equ TAG_NEW_SERVER, 8
.equ TAG_MESSAGE, 9
.equ TAG_THREAD, 10
.equ TAG_PROCESS, 11
.equ TAG_SCALAR1, 14
.equ TAG_SCALAR2, 15
.equ TAG_NONE, 17
.equ TAG_MEMORY_RETURNED, 18
.equ TAG_SCALAR5, 20

# error codes, in a1 beside TAG_ERROR
.equ BAD_ALIGNMENT, 1
.equ BAD_ADDRESS, 2
.equ OUT_OF_MEMORY, 3
.equ MEMORY_IN_USE, 4
.equ INTERRUPT_NOT_FOUND, 5
.equ INTERRUPT_IN_USE, 6
.equ SERVER_EXISTS, 8
.equ SERVER_NOT_FOUND, 9
.equ PROCESS_NOT_FOUND, 10
.equ PROCESS_NOT_CHILD, 11
.equ SERVER_QUEUE_FULL, 15
.equ THREAD_NOT_AVAILABLE, 16
.equ UNHANDLED_CALL, 17
.equ INVALID_CALL, 18
.equ SHARE_VIOLATION, 19
.equ ACCESS_DENIED, 23
.equ DOUBLE_FREE, 25

# rights of MapMemory: bits of a page-table entry
.equ RIGHT_READ, 2
.equ RIGHT_WRITE, 4
.equ RIGHT_EXECUTE, 8

# jumping here ends a thread (a0 = value for who joins it); returning here ends an interrupt handler
.equ RETURN_FROM_HANDLER, 0xff802000
.equ EXIT_THREAD, 0xff803000
