package dhara.records;

import static net.bytebuddy.jar.asm.Opcodes.AASTORE;
import static net.bytebuddy.jar.asm.Opcodes.ACC_FINAL;
import static net.bytebuddy.jar.asm.Opcodes.ACC_SUPER;
import static net.bytebuddy.jar.asm.Opcodes.ALOAD;
import static net.bytebuddy.jar.asm.Opcodes.ANEWARRAY;
import static net.bytebuddy.jar.asm.Opcodes.ARETURN;
import static net.bytebuddy.jar.asm.Opcodes.DUP;
import static net.bytebuddy.jar.asm.Opcodes.H_INVOKESTATIC;
import static net.bytebuddy.jar.asm.Opcodes.INVOKEINTERFACE;
import static net.bytebuddy.jar.asm.Opcodes.INVOKESPECIAL;
import static net.bytebuddy.jar.asm.Opcodes.INVOKEVIRTUAL;
import static net.bytebuddy.jar.asm.Opcodes.RETURN;
import static net.bytebuddy.jar.asm.Opcodes.SIPUSH;
import static net.bytebuddy.jar.asm.Opcodes.V17;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.ConstantDynamic;
import net.bytebuddy.jar.asm.Handle;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Type;

/**
 * Generates the codec of a record class: straight-line code, one call per component, in a hidden
 * class that is collected with the record's class.
 *
 * <p>The codec is defined beside this class and accesses the record through constant method
 * handles, which the JIT compiles to direct calls. So the record's class loader need not see this
 * class (a library's record, or a cluster whose jobs have their own loader), and the record need
 * not be public, because the handles come from a lookup within the record itself.
 */
final class CodecCompiler {

  /** The JVM's limit for constructor arguments is 255 words, and handles need some of them. */
  static final int MOST_COMPONENTS = 120;

  private static final String CODEC = Type.getInternalName(RecordCodec.class);
  private static final String COMPONENT_TYPE = Type.getInternalName(ComponentType.class);
  private static final String HANDLE = Type.getInternalName(MethodHandle.class);
  private static final String WRITER = Type.getInternalName(RecordOutput.class);
  private static final String READER = Type.getInternalName(RecordInput.class);
  private static final String FAILS = "org/apache/beam/sdk/coders/CoderException";

  /** Types that the generated code passes unboxed or typed; all others are passed as objects. */
  private static final Map<Class<?>, String> DIRECT =
      Map.of(
          boolean.class, "Boolean",
          byte.class, "Byte",
          short.class, "Short",
          char.class, "Char",
          int.class, "Int",
          long.class, "Long",
          float.class, "Float",
          double.class, "Double",
          String.class, "String");

  private final ComponentType[] components;
  private final Class<?>[] passed;
  private final List<Object> constants = new ArrayList<>();
  private final MethodHandle[] accessors;
  private final MethodHandle constructor;

  private CodecCompiler(Class<?> type, ComponentType[] components)
      throws ReflectiveOperationException {
    this.components = components;
    Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
    RecordComponent[] parts = type.getRecordComponents();
    passed = new Class<?>[parts.length];
    accessors = new MethodHandle[parts.length];
    Class<?>[] declared = new Class<?>[parts.length];
    for (int i = 0; i < parts.length; i++) {
      declared[i] = parts[i].getType();
      // A nullable String has another encoding than a String.
      boolean direct = DIRECT.containsKey(declared[i]) && components[i] instanceof Scalar;
      passed[i] = direct ? declared[i] : Object.class;
      accessors[i] = lookup.unreflect(parts[i].getAccessor());
    }
    constructor = lookup.findConstructor(type, MethodType.methodType(void.class, declared));
  }

  /**
   * The codec of a record.
   *
   * @throws IllegalArgumentException if the record's module is closed to reflection
   */
  static RecordCodec compile(Class<?> type, ComponentType[] components) {
    try {
      return new CodecCompiler(type, components).define();
    } catch (IllegalAccessException e) {
      throw new IllegalArgumentException(
          type.getName()
              + " is closed to reflection: open its package, e.g. --add-opens "
              + type.getModule().getName()
              + "/"
              + type.getPackageName()
              + "=ALL-UNNAMED",
          e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("no codec can be generated for " + type.getName(), e);
    }
  }

  private RecordCodec define() throws ReflectiveOperationException {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    writer.visit(V17, ACC_FINAL | ACC_SUPER, CODEC + "$Generated", null, CODEC, null);
    constructor(writer);
    write(writer);
    read(writer);
    values(writer);
    make(writer);
    writer.visitEnd();
    Lookup defined =
        MethodHandles.lookup()
            .defineHiddenClassWithClassData(writer.toByteArray(), List.copyOf(constants), true);
    return (RecordCodec) defined.lookupClass().getDeclaredConstructor().newInstance();
  }

  private static void constructor(ClassWriter writer) {
    MethodVisitor code = writer.visitMethod(0, "<init>", "()V", null, null);
    code.visitCode();
    code.visitVarInsn(ALOAD, 0);
    code.visitMethodInsn(INVOKESPECIAL, CODEC, "<init>", "()V", false);
    finish(code, RETURN);
  }

  private void write(ClassWriter writer) {
    MethodVisitor code =
        method(
            writer, "write", MethodType.methodType(void.class, Object.class, RecordOutput.class));
    for (int i = 0; i < components.length; i++) {
      MethodHandle accessor = accessors[i].asType(MethodType.methodType(passed[i], Object.class));
      if (passed[i] == Object.class) {
        constant(code, ComponentType.class, components[i]);
        call(code, accessor, () -> code.visitVarInsn(ALOAD, 1));
        code.visitVarInsn(ALOAD, 2);
        code.visitMethodInsn(
            INVOKEINTERFACE,
            COMPONENT_TYPE,
            "write",
            "(Ljava/lang/Object;L" + WRITER + ";)V",
            true);
      } else {
        code.visitVarInsn(ALOAD, 2);
        call(code, accessor, () -> code.visitVarInsn(ALOAD, 1));
        code.visitMethodInsn(
            INVOKEVIRTUAL,
            WRITER,
            "put" + DIRECT.get(passed[i]),
            "(" + Type.getDescriptor(passed[i]) + ")V",
            false);
      }
    }
    finish(code, RETURN);
  }

  private void read(ClassWriter writer) {
    MethodVisitor code =
        method(writer, "read", MethodType.methodType(Object.class, RecordInput.class));
    call(
        code,
        constructor.asType(MethodType.methodType(Object.class, passed)),
        () -> {
          for (int i = 0; i < components.length; i++) {
            if (passed[i] == Object.class) {
              constant(code, ComponentType.class, components[i]);
              code.visitVarInsn(ALOAD, 1);
              code.visitMethodInsn(
                  INVOKEINTERFACE,
                  COMPONENT_TYPE,
                  "read",
                  "(L" + READER + ";)Ljava/lang/Object;",
                  true);
            } else {
              code.visitVarInsn(ALOAD, 1);
              code.visitMethodInsn(
                  INVOKEVIRTUAL,
                  READER,
                  "get" + DIRECT.get(passed[i]),
                  "()" + Type.getDescriptor(passed[i]),
                  false);
            }
          }
        });
    finish(code, ARETURN);
  }

  private void values(ClassWriter writer) {
    MethodVisitor code =
        method(writer, "values", MethodType.methodType(Object[].class, Object.class));
    code.visitIntInsn(SIPUSH, components.length);
    code.visitTypeInsn(ANEWARRAY, "java/lang/Object");
    for (int i = 0; i < components.length; i++) {
      code.visitInsn(DUP);
      code.visitIntInsn(SIPUSH, i);
      call(
          code,
          accessors[i].asType(MethodType.methodType(Object.class, Object.class)),
          () -> code.visitVarInsn(ALOAD, 1));
      code.visitInsn(AASTORE);
    }
    finish(code, ARETURN);
  }

  private void make(ClassWriter writer) {
    MethodVisitor code =
        method(writer, "make", MethodType.methodType(Object.class, Object[].class));
    call(
        code,
        constructor
            .asSpreader(Object[].class, components.length)
            .asType(MethodType.methodType(Object.class, Object[].class)),
        () -> code.visitVarInsn(ALOAD, 1));
    finish(code, ARETURN);
  }

  private static MethodVisitor method(ClassWriter writer, String name, MethodType type) {
    MethodVisitor code =
        writer.visitMethod(
            ACC_FINAL, name, type.toMethodDescriptorString(), null, new String[] {FAILS});
    code.visitCode();
    return code;
  }

  private static void finish(MethodVisitor code, int returns) {
    code.visitInsn(returns);
    code.visitMaxs(0, 0);
    code.visitEnd();
  }

  private void call(MethodVisitor code, MethodHandle handle, Runnable arguments) {
    constant(code, MethodHandle.class, handle);
    arguments.run();
    code.visitMethodInsn(
        INVOKEVIRTUAL, HANDLE, "invokeExact", handle.type().toMethodDescriptorString(), false);
  }

  /** Pushes a constant of the class data, which the JIT treats as a constant. */
  private void constant(MethodVisitor code, Class<?> type, Object value) {
    Handle classDataAt =
        new Handle(
            H_INVOKESTATIC,
            Type.getInternalName(MethodHandles.class),
            "classDataAt",
            MethodType.methodType(Object.class, Lookup.class, String.class, Class.class, int.class)
                .toMethodDescriptorString(),
            false);
    code.visitLdcInsn(
        new ConstantDynamic("_", Type.getDescriptor(type), classDataAt, constants.size()));
    constants.add(value);
  }
}
