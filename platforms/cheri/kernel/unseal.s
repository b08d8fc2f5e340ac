# Library: opens sealed objects (tokens.s). It runs with interrupts disabled: nobody frees the object while it is looked at.
  .text
  .include "layout.s"
  .include "check.s"

# ca0 = key with the right to unseal, ca1 = handle. ca0 = the payload with its bounds, untagged 0 if it is none of this key's.
token_unseal:
  check_key ca0, a0, RIGHT_UNSEAL, 1f
  load_import ct0, dynamic_key
  open_token ca1, a0, 1f
  clw   t1, TOKEN_LENGTH - TOKEN_HEADER(ct0)
  csetboundsexact ca0, ct0, t1
  cmove ct0, cnull
  cret
1:
  cmove ct0, cnull                    # it may be the right to unseal
  li    a0, 0
  cret
