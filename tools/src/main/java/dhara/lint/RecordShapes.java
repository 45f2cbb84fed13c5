package dhara.lint;

import dhara.lint.Fingerprint.RecordShape;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.values.TypeDescriptor;

/** The record types that coders write, with the records and enums within them. */
final class RecordShapes {

  private final Map<String, RecordShape> shapes = new TreeMap<>();

  /** Those gathered so far, by type. */
  Map<String, RecordShape> shapes() {
    return shapes;
  }

  /** Gathers the records of a coder. */
  void add(Coder<?> coder, boolean inKeys) {
    CoderShape.records(coder, inKeys, this::add);
  }

  private void add(TypeDescriptor<?> type, boolean inKeys) {
    Class<?> raw = type.getRawType();
    if (raw.isRecord()) {
      RecordShape known = shapes.get(type.toString());
      if (known != null && (known.inKeys() || !inKeys)) {
        return;
      }
      Map<String, String> components = new LinkedHashMap<>();
      for (RecordComponent component : raw.getRecordComponents()) {
        components.put(component.getName(), text(type, component));
        within(type.resolveType(component.getGenericType()).getType(), inKeys);
      }
      shapes.put(type.toString(), new RecordShape(inKeys, components, null));
    } else if (raw.isEnum()) {
      shapes.merge(
          type.toString(),
          new RecordShape(
              inKeys, null, Stream.of(raw.getEnumConstants()).map(RecordShapes::name).toList()),
          (one, other) -> one.inKeys() ? one : other);
    }
  }

  private static String name(Object constant) {
    return ((Enum<?>) constant).name();
  }

  private void within(Type type, boolean inKeys) {
    add(TypeDescriptor.of(type), inKeys);
    if (type instanceof ParameterizedType generic) {
      Stream.of(generic.getActualTypeArguments()).forEach(part -> within(part, inKeys));
    }
  }

  private static String text(TypeDescriptor<?> owner, RecordComponent component) {
    boolean nullable =
        nullable(component.getAnnotations()) || nullable(component.getAccessor().getAnnotations());
    return text(owner, component.getAnnotatedType(), nullable);
  }

  /**
   * {@code long}, {@code String?}, {@code List<dhara.pipelines.markets.Trade>}: the types as
   * RecordCoder distinguishes them.
   */
  private static String text(TypeDescriptor<?> owner, AnnotatedType annotated, boolean nullable) {
    boolean absent = nullable || nullable(annotated.getAnnotations());
    if (annotated instanceof AnnotatedParameterizedType generic) {
      Class<?> raw = (Class<?>) ((ParameterizedType) generic.getType()).getRawType();
      List<String> parts = new ArrayList<>();
      for (AnnotatedType part : generic.getAnnotatedActualTypeArguments()) {
        parts.add(text(owner, part, false));
      }
      if (raw == Optional.class) {
        return parts.get(0) + "?";
      }
      return shortened(raw.getName())
          + parts.stream().collect(Collectors.joining(", ", "<", ">"))
          + (absent ? "?" : "");
    }
    Type type = owner.resolveType(annotated.getType()).getType();
    return shortened(type.getTypeName()) + (absent ? "?" : "");
  }

  private static boolean nullable(Annotation[] annotations) {
    return Arrays.stream(annotations)
        .anyMatch(each -> each.annotationType().getSimpleName().equals("Nullable"));
  }

  private static String shortened(String name) {
    return name.replaceFirst("^java\\.(lang|util|time|math)\\.(?=\\p{Lu}\\w*$)", "");
  }
}
