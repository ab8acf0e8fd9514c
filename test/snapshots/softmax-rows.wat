(module
  (type (;0;) (func))
  (import "env" "memory" (memory (;0;) 1))
  (func $0-max-sub-exp-etc (type 0)
    (local i32 i32 v128 v128 v128 v128 v128 v128 v128 f32 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 f32 v128 v128 v128 v128 v128 i32)
    v128.const i32x4 0xff800000 0xff800000 0xff800000 0xff800000
    local.set 2
    v128.const i32x4 0x00000000 0x00000001 0x00000002 0x00000003
    local.set 6
    v128.const i32x4 0x00000002 0x00000002 0x00000002 0x00000002
    local.set 7
    v128.const i32x4 0xc2af0000 0xc2af0000 0xc2af0000 0xc2af0000
    local.set 13
    v128.const i32x4 0x42b20000 0x42b20000 0x42b20000 0x42b20000
    local.set 14
    v128.const i32x4 0x3fb8aa3b 0x3fb8aa3b 0x3fb8aa3b 0x3fb8aa3b
    local.set 16
    v128.const i32x4 0xbeffffff 0xbeffffff 0xbeffffff 0xbeffffff
    local.set 17
    v128.const i32x4 0x4b40007f 0x4b40007f 0x4b40007f 0x4b40007f
    local.set 18
    v128.const i32x4 0xb5bfbe8e 0xb5bfbe8e 0xb5bfbe8e 0xb5bfbe8e
    local.set 21
    v128.const i32x4 0xbf317200 0xbf317200 0xbf317200 0xbf317200
    local.set 22
    v128.const i32x4 0x3aff2a9e 0x3aff2a9e 0x3aff2a9e 0x3aff2a9e
    local.set 24
    v128.const i32x4 0x3bff7cde 0x3bff7cde 0x3bff7cde 0x3bff7cde
    local.set 25
    v128.const i32x4 0x3d2baae9 0x3d2baae9 0x3d2baae9 0x3d2baae9
    local.set 26
    v128.const i32x4 0x3e2a9c42 0x3e2a9c42 0x3e2a9c42 0x3e2a9c42
    local.set 27
    v128.const i32x4 0x3f00005d 0x3f00005d 0x3f00005d 0x3f00005d
    local.set 28
    v128.const i32x4 0x3f7ffffd 0x3f7ffffd 0x3f7ffffd 0x3f7ffffd
    local.set 29
    v128.const i32x4 0x3f800000 0x3f800000 0x3f800000 0x3f800000
    local.set 30
    i32.const 0
    local.set 0
    local.get 0
    i32.const 24
    i32.mul
    local.set 1
    local.get 1
    i32.const 168
    i32.add
    local.set 47
    loop  ;; label = @1
      local.get 2
      local.set 3
      local.get 1
      v128.load offset=64 align=4
      local.set 4
      local.get 3
      local.get 4
      f32x4.max
      local.set 3
      local.get 1
      v128.load64_zero offset=80 align=4
      local.set 5
      local.get 3
      local.get 5
      local.get 2
      i32.const 0
      i32x4.splat
      local.get 6
      i32x4.add
      local.get 7
      i32x4.lt_s
      v128.bitselect
      f32x4.max
      local.set 3
      local.get 3
      local.set 8
      local.get 8
      f32x4.extract_lane 0
      local.get 8
      f32x4.extract_lane 1
      f32.max
      local.get 8
      f32x4.extract_lane 2
      local.get 8
      f32x4.extract_lane 3
      f32.max
      f32.max
      local.set 9
      v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000
      local.set 10
      local.get 1
      v128.load offset=64 align=4
      local.set 11
      local.get 11
      local.get 9
      f32x4.splat
      f32x4.sub
      local.set 12
      local.get 12
      local.get 13
      f32x4.pmax
      local.get 14
      f32x4.pmin
      local.set 15
      local.get 15
      local.get 16
      local.get 17
      f32x4.relaxed_madd
      local.get 18
      f32x4.add
      local.set 19
      local.get 19
      local.get 18
      f32x4.sub
      local.set 20
      local.get 20
      local.get 21
      local.get 20
      local.get 22
      local.get 15
      f32x4.relaxed_madd
      f32x4.relaxed_madd
      local.set 23
      local.get 24
      local.get 23
      local.get 25
      f32x4.relaxed_madd
      local.get 23
      local.get 26
      f32x4.relaxed_madd
      local.get 23
      local.get 27
      f32x4.relaxed_madd
      local.get 23
      local.get 28
      f32x4.relaxed_madd
      local.get 23
      local.get 29
      f32x4.relaxed_madd
      local.get 23
      local.get 30
      f32x4.relaxed_madd
      local.get 19
      i32.const 23
      i32x4.shl
      f32x4.mul
      local.set 31
      local.get 1
      local.get 31
      v128.store offset=4160 align=4
      local.get 10
      local.get 31
      f32x4.add
      local.set 10
      local.get 1
      v128.load64_zero offset=80 align=4
      local.set 32
      local.get 32
      local.get 9
      f32x4.splat
      f32x4.sub
      local.set 33
      local.get 33
      local.get 13
      f32x4.pmax
      local.get 14
      f32x4.pmin
      local.set 34
      local.get 34
      local.get 16
      local.get 17
      f32x4.relaxed_madd
      local.get 18
      f32x4.add
      local.set 35
      local.get 35
      local.get 18
      f32x4.sub
      local.set 36
      local.get 36
      local.get 21
      local.get 36
      local.get 22
      local.get 34
      f32x4.relaxed_madd
      f32x4.relaxed_madd
      local.set 37
      local.get 24
      local.get 37
      local.get 25
      f32x4.relaxed_madd
      local.get 37
      local.get 26
      f32x4.relaxed_madd
      local.get 37
      local.get 27
      f32x4.relaxed_madd
      local.get 37
      local.get 28
      f32x4.relaxed_madd
      local.get 37
      local.get 29
      f32x4.relaxed_madd
      local.get 37
      local.get 30
      f32x4.relaxed_madd
      local.get 35
      i32.const 23
      i32x4.shl
      f32x4.mul
      local.set 38
      local.get 38
      local.set 39
      local.get 1
      local.get 39
      v128.store64_lane offset=4176 align=4 0
      local.get 10
      local.get 38
      v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000
      i32.const 0
      i32x4.splat
      local.get 6
      i32x4.add
      local.get 7
      i32x4.lt_s
      v128.bitselect
      f32x4.add
      local.set 10
      local.get 10
      local.set 40
      local.get 40
      f32x4.extract_lane 0
      local.get 40
      f32x4.extract_lane 1
      f32.add
      local.get 40
      f32x4.extract_lane 2
      local.get 40
      f32x4.extract_lane 3
      f32.add
      f32.add
      local.set 41
      local.get 1
      v128.load offset=4160 align=4
      local.set 42
      local.get 42
      local.get 41
      f32x4.splat
      f32x4.div
      local.set 43
      local.get 1
      local.get 43
      v128.store offset=8256 align=4
      local.get 1
      v128.load64_zero offset=4176 align=4
      local.set 44
      local.get 44
      local.get 41
      f32x4.splat
      f32x4.div
      local.set 45
      local.get 45
      local.set 46
      local.get 1
      local.get 46
      v128.store64_lane offset=8272 align=4 0
      local.get 1
      i32.const 24
      i32.add
      local.set 1
      local.get 1
      local.get 47
      i32.lt_s
      br_if 0 (;@1;)
    end)
  (func $run (type 0)
    call $0-max-sub-exp-etc)
  (export "0-max-sub-exp-etc" (func $0-max-sub-exp-etc))
  (export "run" (func $run)))
