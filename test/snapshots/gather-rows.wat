(module
  (type (;0;) (func))
  (import "env" "memory" (memory (;0;) 1))
  (func $0-gather (type 0)
    (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 v128 v128 v128 i32)
    v128.const i32x4 0x7fc00000 0x7fc00000 0x7fc00000 0x7fc00000
    local.set 11
    i32.const 0
    local.set 0
    local.get 0
    i32.const 4
    i32.mul
    local.set 1
    local.get 0
    i32.const 20
    i32.mul
    local.set 2
    local.get 1
    i32.const 12
    i32.add
    local.set 13
    loop  ;; label = @1
      local.get 1
      i32.load offset=64
      local.set 3
      local.get 3
      local.set 4
      i32.const 0
      local.tee 5
      local.get 4
      local.get 4
      local.get 5
      i32.lt_s
      select
      local.set 6
      i32.const 5
      local.tee 7
      local.get 6
      local.get 7
      local.get 6
      i32.lt_s
      select
      local.set 8
      local.get 3
      local.get 8
      i32.eq
      local.set 9
      i32.const 0
      local.get 9
      i32.sub
      i32x4.splat
      local.set 10
      local.get 2
      local.get 8
      i32.const 20
      i32.mul
      v128.load offset=8256 align=4
      local.get 11
      local.get 10
      v128.bitselect
      v128.store offset=4160 align=4
      local.get 8
      i32.const 20
      i32.mul
      v128.load32_zero offset=8272
      local.get 11
      local.get 10
      v128.bitselect
      local.set 12
      local.get 2
      local.get 12
      v128.store32_lane offset=4176 0
      local.get 1
      i32.const 4
      i32.add
      local.set 1
      local.get 2
      i32.const 20
      i32.add
      local.set 2
      local.get 1
      local.get 13
      i32.lt_s
      br_if 0 (;@1;)
    end)
  (func $run (type 0)
    call $0-gather)
  (export "0-gather" (func $0-gather))
  (export "run" (func $run)))
