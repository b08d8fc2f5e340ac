@ What programs and the kernel agree on: numbers of system calls, error codes, flags, signals (README.md, "Calls").

@ system calls: the immediate of SVC
.equ SVC_GET_TID, 0
.equ SVC_SCHED_YIELD, 1
.equ SVC_THREAD_CREATE, 2
.equ SVC_RPC_CALL, 7
.equ SVC_RPC_RETURN, 8
.equ SVC_THREAD_JOIN, 9
.equ SVC_THREAD_EXIT, 10
.equ SVC_SETITIMER, 11
.equ SVC_USLEEP, 12
.equ SVC_SIGNAL, 13
.equ SVC_KILL, 14
.equ SVC_SETPRIORITY, 15
.equ SVC_INIT_WAITABLE_OBJECT, 17
.equ SVC_NOTIFY_OBJECT, 18
.equ SVC_WAIT_FOR_OBJECT, 19
.equ SVC_ENABLE_IRQ, 20
.equ SVC_DISABLE_IRQ, 21
.equ SVC_GET_MICROTIME, 23
.equ SVC_SHUTDOWN, 24
.equ SVC_NOTIFY_OBJECT2, 25
.equ SVC_WAIT_FOR_OBJECT_VALUE, 26
.equ SVC_SIGNAL_RETURN, 27          @ ours: the end of a signal handler
.equ SVC_COUNT, 28

@ results: 0 or one of these
.equ E_OK, 0
.equ E_OUT_OF_RANGE, 1
.equ E_OUT_OF_STACKS, 2
.equ E_THREAD_RUNNING, 3
.equ E_INVALID_ADDRESS, 4
.equ E_MISALIGNED, 5
.equ E_INVALID_SIZE, 6
.equ E_BUSY, 7
.equ E_DEADLOCK, 8
.equ E_NOT_AVAILABLE, 9
.equ E_INVALID, 10
.equ E_TOO_DEEP, 11
.equ E_OUT_OF_NOTIFICATIONS, 12
.equ E_YIELD, 13
.equ E_TIMEOUT, 14
.equ E_ACCESS, 15
.equ E_OK_NO_WAIT, 16
.equ E_OUT_OF_THREADS, 255

@ notify_object2 and wait_for_object_value: flags
.equ NOTIFY_QUEUE, 1                @ nobody waits: keep the event for who waits next
.equ NOTIFY_PRIORITY_DROP, 2        @ the notifier gives up an inherited priority
.equ WAIT_PRIORITY_INHERIT, 4       @ the thread in the byte behind the value inherits the waiter's priority
.equ NOTIFY_DECREMENT, 16           @ the byte at the object is decremented first (ours, for cores without exclusives)
.equ WAIT_INCREMENT, 8              @ the byte is incremented, whether the caller waits or not

@ signals: 0 to 31 are handled by the program, the last four by the kernel
.equ SIGALRM, 14                    @ the interval timer
.equ SIGKILL, 32
.equ SIGSTOP, 33
.equ SIGCONT, 34
.equ SIGSEGV, 35

@ the word behind object and method on the stack of an RPC
.equ RPC_CANARY, 0xaa55aa55

@ mutex (futex in CMRX): two bytes in memory of the process
.equ FUTEX_STATE, 0                 @ 0: free; else the number of threads that hold it or ask for it
.equ FUTEX_OWNER, 1                 @ thread that holds it; NO_OWNER if none
.equ FUTEX_BYTES, 2
.equ NO_OWNER, 255

@ queue of bytes (a library): a record in memory of the process, data behind it
.equ QUEUE_ITEM, 0                  @ halfword: bytes of an item
.equ QUEUE_DEPTH, 2                 @ halfword: items that fit
.equ QUEUE_READ, 4                  @ halfwords: place that is read next, and that is written next
.equ QUEUE_WRITE, 6
.equ QUEUE_RECEIVED, 8              @ halfwords: items taken and put so far, modulo 2^16
.equ QUEUE_SENT, 10
.equ QUEUE_HEADER, 12
