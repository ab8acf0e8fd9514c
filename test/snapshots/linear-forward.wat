(module
  (type (;0;) (func))
  (import "env" "memory" (memory (;0;) 1))
  (func $0-matmul (type 0)
    (local v128 v128 v128 v128 v128 v128 v128 v128 i32 i32 i32 v128 v128 v128 v128 v128 v128 i32 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 i32 i32 i32 v128 v128 v128 v128 v128 i32 v128 v128 v128)
    v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000
    local.set 0
    v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000
    local.set 1
    v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000
    local.set 2
    v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000
    local.set 3
    v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000
    local.set 4
    v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000
    local.set 5
    v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000
    local.set 6
    v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000
    local.set 7
    i32.const 0
    local.set 8
    local.get 8
    i32.const 20
    i32.mul
    local.set 9
    local.get 8
    i32.const 4
    i32.mul
    local.set 10
    local.get 9
    i32.const 120
    i32.add
    local.set 17
    loop  ;; label = @1
      local.get 9
      v128.load offset=64 align=4
      local.set 11
      local.get 9
      v128.load32_zero offset=80
      local.set 12
      local.get 10
      v128.load32_splat offset=4160
      local.set 13
      local.get 13
      local.get 11
      local.get 0
      f32x4.relaxed_madd
      local.set 0
      local.get 13
      local.get 12
      local.get 1
      f32x4.relaxed_madd
      local.set 1
      local.get 10
      v128.load32_splat offset=4184
      local.set 14
      local.get 14
      local.get 11
      local.get 2
      f32x4.relaxed_madd
      local.set 2
      local.get 14
      local.get 12
      local.get 3
      f32x4.relaxed_madd
      local.set 3
      local.get 10
      v128.load32_splat offset=4208
      local.set 15
      local.get 15
      local.get 11
      local.get 4
      f32x4.relaxed_madd
      local.set 4
      local.get 15
      local.get 12
      local.get 5
      f32x4.relaxed_madd
      local.set 5
      local.get 10
      v128.load32_splat offset=4232
      local.set 16
      local.get 16
      local.get 11
      local.get 6
      f32x4.relaxed_madd
      local.set 6
      local.get 16
      local.get 12
      local.get 7
      f32x4.relaxed_madd
      local.set 7
      local.get 9
      i32.const 20
      i32.add
      local.set 9
      local.get 10
      i32.const 4
      i32.add
      local.set 10
      local.get 9
      local.get 17
      i32.lt_s
      br_if 0 (;@1;)
    end
    i32.const 0
    local.get 0
    v128.store offset=8256 align=4
    local.get 1
    local.set 18
    i32.const 0
    local.get 18
    v128.store32_lane offset=8272 0
    i32.const 0
    local.get 2
    v128.store offset=8276 align=4
    local.get 3
    local.set 19
    i32.const 0
    local.get 19
    v128.store32_lane offset=8292 0
    i32.const 0
    local.get 4
    v128.store offset=8296 align=4
    local.get 5
    local.set 20
    i32.const 0
    local.get 20
    v128.store32_lane offset=8312 0
    i32.const 0
    local.get 6
    v128.store offset=8316 align=4
    local.get 7
    local.set 21
    i32.const 0
    local.get 21
    v128.store32_lane offset=8332 0
    v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000
    local.set 22
    v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000
    local.set 23
    v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000
    local.set 24
    v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000
    local.set 25
    v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000
    local.set 26
    v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000
    local.set 27
    i32.const 0
    local.set 28
    local.get 28
    i32.const 20
    i32.mul
    local.set 29
    local.get 28
    i32.const 4
    i32.mul
    local.set 30
    local.get 29
    i32.const 120
    i32.add
    local.set 36
    loop  ;; label = @1
      local.get 29
      v128.load offset=64 align=4
      local.set 31
      local.get 29
      v128.load32_zero offset=80
      local.set 32
      local.get 30
      v128.load32_splat offset=4256
      local.set 33
      local.get 33
      local.get 31
      local.get 22
      f32x4.relaxed_madd
      local.set 22
      local.get 33
      local.get 32
      local.get 23
      f32x4.relaxed_madd
      local.set 23
      local.get 30
      v128.load32_splat offset=4280
      local.set 34
      local.get 34
      local.get 31
      local.get 24
      f32x4.relaxed_madd
      local.set 24
      local.get 34
      local.get 32
      local.get 25
      f32x4.relaxed_madd
      local.set 25
      local.get 30
      v128.load32_splat offset=4304
      local.set 35
      local.get 35
      local.get 31
      local.get 26
      f32x4.relaxed_madd
      local.set 26
      local.get 35
      local.get 32
      local.get 27
      f32x4.relaxed_madd
      local.set 27
      local.get 29
      i32.const 20
      i32.add
      local.set 29
      local.get 30
      i32.const 4
      i32.add
      local.set 30
      local.get 29
      local.get 36
      i32.lt_s
      br_if 0 (;@1;)
    end
    i32.const 0
    local.get 22
    v128.store offset=8336 align=4
    local.get 23
    local.set 37
    i32.const 0
    local.get 37
    v128.store32_lane offset=8352 0
    i32.const 0
    local.get 24
    v128.store offset=8356 align=4
    local.get 25
    local.set 38
    i32.const 0
    local.get 38
    v128.store32_lane offset=8372 0
    i32.const 0
    local.get 26
    v128.store offset=8376 align=4
    local.get 27
    local.set 39
    i32.const 0
    local.get 39
    v128.store32_lane offset=8392 0)
  (func $run (type 0)
    call $0-matmul)
  (export "0-matmul" (func $0-matmul))
  (export "run" (func $run)))
