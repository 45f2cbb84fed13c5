package dhara.cli;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.beans.Introspector;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * One option of Beam, or of an engine or connector on the class path, as its interface declares it.
 * Beam reads and checks its values.
 *
 * @param name without dashes
 * @param type what the getter returns
 * @param description may be empty
 * @param defaultText the default as Beam's annotation has it; empty where it is computed or none
 */
record BeamOption(String name, Class<?> type, String description, String defaultText) {

  private static final Pattern GETTER = Pattern.compile("(get|is)(\\p{Lu}.*)");

  /** The options of every interface that is registered with Beam, by name. */
  static Map<String, BeamOption> registered() {
    Map<String, BeamOption> all = new TreeMap<>();
    for (Class<? extends PipelineOptions> options : PipelineOptionsFactory.getRegisteredOptions()) {
      for (Method getter : options.getMethods()) {
        Matcher matcher = GETTER.matcher(getter.getName());
        if (matcher.matches()
            && getter.getParameterCount() == 0
            && !getter.isAnnotationPresent(JsonIgnore.class)) {
          Description description = getter.getAnnotation(Description.class);
          String name = Introspector.decapitalize(matcher.group(2));
          all.put(
              name,
              new BeamOption(
                  name,
                  getter.getReturnType(),
                  description == null ? "" : description.value().replaceAll("\\s+", " ").strip(),
                  defaultText(getter)));
        }
      }
    }
    return all;
  }

  /** Whether {@code --name} alone means true. */
  boolean flag() {
    return type == boolean.class || type == Boolean.class;
  }

  private static String defaultText(Method getter) {
    for (Annotation annotation : getter.getAnnotations()) {
      Class<? extends Annotation> kind = annotation.annotationType();
      if (kind.getEnclosingClass() == Default.class && kind != Default.InstanceFactory.class) {
        try {
          return String.valueOf(kind.getMethod("value").invoke(annotation));
        } catch (ReflectiveOperationException e) {
          throw new IllegalStateException("cannot read the default of " + getter, e);
        }
      }
    }
    return "";
  }
}
