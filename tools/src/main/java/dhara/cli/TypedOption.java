package dhara.cli;

import dhara.options.BadOption;
import java.beans.Introspector;
import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.Validation;

/**
 * One option of an options interface, made from its getter: {@code --name}, its type, its
 * description, its default, and how text becomes its value.
 *
 * @param name without dashes
 * @param owner the interface that declares it
 * @param type what the getter returns; of a list, {@code List}
 * @param description from {@code @Description}
 * @param defaultText the default as a user would write it; empty if there is none
 * @param required whether a run needs it
 * @param setter sets it on options
 */
public record TypedOption(
    String name,
    Class<?> owner,
    Class<?> type,
    String description,
    String defaultText,
    boolean required,
    Method setter) {

  /** Options that name places: a comma belongs to the URI, as between Kafka's brokers. */
  private static final Set<String> PLACES =
      Set.of(
          "events",
          "answers",
          "deadLetters",
          "late",
          "ledger",
          "compareTo",
          "letters",
          "to",
          "without",
          "view");

  /** Longer than any event stream spans, and short enough that sums of several do not overflow. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private static final int NANOS_PER_MILLI = 1_000_000;
  private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

  /** Options whose values may contain commas: in decimals, dates, names of fields, files. */
  private static final Set<String> WITH_COMMAS = Set.of("map", "out", "rolled");

  private static final Pattern GETTER = Pattern.compile("(get|is)(\\p{Lu}.*)");

  /**
   * The options that an interface and its ancestors declare, except Beam's own. Each must have a
   * description, so that the help is complete.
   */
  public static List<TypedOption> of(Class<? extends PipelineOptions> options) {
    PipelineOptions defaults = PipelineOptionsFactory.as(options);
    SortedMap<String, TypedOption> all = new TreeMap<>();
    for (Method getter : options.getMethods()) {
      Matcher matcher = GETTER.matcher(getter.getName());
      if (getter.getDeclaringClass().getName().startsWith("org.apache.beam.")
          || getter.getParameterCount() > 0
          || !matcher.matches()) {
        continue;
      }
      TypedOption option = of(options, getter, matcher.group(2), defaults);
      all.merge(option.name, option, (one, other) -> narrower(one, other));
    }
    return all.values().stream()
        .sorted(
            Comparator.<TypedOption>comparingInt(o -> depth(o.owner))
                .reversed()
                .thenComparing(o -> o.owner.getName())
                .thenComparing(TypedOption::name))
        .toList();
  }

  private static TypedOption narrower(TypedOption one, TypedOption other) {
    return one.owner.isAssignableFrom(other.owner) ? other : one;
  }

  private static int depth(Class<?> owner) {
    return Arrays.stream(owner.getInterfaces()).mapToInt(i -> 1 + depth(i)).max().orElse(0);
  }

  private static TypedOption of(
      Class<?> options, Method getter, String property, PipelineOptions defaults) {
    Description description = getter.getAnnotation(Description.class);
    if (description == null) {
      throw new IllegalStateException(getter + " has no @Description");
    }
    Class<?> type = getter.getReturnType();
    if (!isKnown(getter.getGenericReturnType())) {
      throw new IllegalStateException(
          getter + " returns a type that the command line cannot read: " + type.getName());
    }
    Method setter;
    try {
      setter = options.getMethod("set" + property, type);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(getter + " has no setter", e);
    }
    boolean hasDefault =
        Stream.of(getter.getAnnotations())
            .map(Annotation::annotationType)
            .anyMatch(annotation -> annotation.getEnclosingClass() == Default.class);
    return new TypedOption(
        Introspector.decapitalize(property),
        getter.getDeclaringClass(),
        type,
        description.value(),
        hasDefault ? text(invoke(getter, defaults)) : "",
        getter.isAnnotationPresent(Validation.Required.class),
        setter);
  }

  private static boolean isKnown(Type type) {
    if (type instanceof ParameterizedType parameterized) {
      return parameterized.getRawType() == List.class
          && parameterized.getActualTypeArguments()[0] == String.class;
    }
    return type instanceof Class<?> c
        && (c.isEnum()
            || Set.of(
                    String.class,
                    boolean.class,
                    Boolean.class,
                    int.class,
                    Integer.class,
                    long.class,
                    Long.class,
                    double.class,
                    Double.class,
                    Duration.class,
                    Instant.class)
                .contains(c));
  }

  /** Whether it may be given more than once. */
  public boolean repeatable() {
    return type == List.class;
  }

  /** Whether it names a place: a file, a topic. */
  public boolean place() {
    return PLACES.contains(name) && (repeatable() || type == String.class);
  }

  /** Whether {@code --name} alone means true. */
  public boolean flag() {
    return type == boolean.class || type == Boolean.class;
  }

  /** The placeholder for the value in the help. */
  public String label() {
    if (place()) {
      return "URI";
    } else if (type.isEnum()) {
      return Stream.of(type.getEnumConstants())
          .map(Object::toString)
          .collect(Collectors.joining("|"));
    } else if (repeatable() || type == String.class) {
      return "TEXT";
    } else if (flag()) {
      return "true|false";
    } else if (type == Duration.class || type == Instant.class) {
      return type.getSimpleName().toUpperCase(Locale.ROOT);
    }
    return "NUMBER";
  }

  /**
   * Sets it on options from the text that the user gave.
   *
   * @throws BadOption if that is not a value of its type; the error names an example
   */
  void set(PipelineOptions options, List<String> given) {
    Object value;
    if (repeatable()) {
      boolean whole = PLACES.contains(name) || WITH_COMMAS.contains(name);
      value = whole ? List.copyOf(given) : splitAtCommas(given);
    } else if (given.size() > 1) {
      throw new BadOption("--" + name, given.get(1), "is given twice; it takes one value");
    } else {
      value = parse(given.get(0));
    }
    invoke(setter, options, value);
  }

  private static List<String> splitAtCommas(List<String> given) {
    return given.stream()
        .flatMap(value -> Stream.of(value.split(",", -1)))
        .map(String::strip)
        .toList();
  }

  private Object parse(String value) {
    if (type == String.class) {
      return value;
    } else if (flag()) {
      return switch (value.toLowerCase(Locale.ROOT)) {
        case "true" -> true;
        case "false" -> false;
        default -> throw bad(value, "is neither true nor false", "false", null);
      };
    } else if (type.isEnum()) {
      return Stream.of(type.getEnumConstants())
          .filter(constant -> constant.toString().equalsIgnoreCase(value))
          .findFirst()
          .orElseThrow(() -> bad(value, "is none of " + label(), label(), null));
    }
    if (type == Duration.class) {
      return duration(value);
    } else if (type == Instant.class) {
      return instant(value);
    }
    try {
      if (type == int.class || type == Integer.class) {
        return Integer.valueOf(value);
      } else if (type == long.class || type == Long.class) {
        return Long.valueOf(value);
      }
      return Double.valueOf(value);
    } catch (NumberFormatException e) {
      throw type == double.class || type == Double.class
          ? bad(value, "is no number", "0.5", e)
          : bad(value, "is no whole number within range", "1000", e);
    }
  }

  /** Event time has a resolution of milliseconds, and no duration may be negative. */
  private Duration duration(String value) {
    Duration duration;
    try {
      duration = Duration.parse(value);
    } catch (DateTimeException e) {
      throw bad(value, "is no ISO-8601 duration", "PT1M", e);
    }
    if (duration.isNegative()) {
      throw bad(value, "is below zero", "PT1M", null);
    } else if (duration.compareTo(LONGEST) > 0) {
      throw bad(value, "is longer than a hundred years, P36500D", "PT1M", null);
    } else if (duration.toNanosPart() % NANOS_PER_MILLI != 0) {
      throw bad(value, "is no whole number of milliseconds, PT0.001S", "PT1M", null);
    }
    return duration;
  }

  private Instant instant(String value) {
    Instant instant;
    try {
      instant = Instant.parse(value);
    } catch (DateTimeException e) {
      throw bad(value, "is no ISO-8601 instant with its time zone", "2026-10-01T00:00:00Z", e);
    }
    if (instant.isBefore(FIRST) || instant.isAfter(LAST)) {
      throw bad(value, "is not in the years 0 to 9999", "2026-10-01T00:00:00Z", null);
    }
    return instant;
  }

  /** The example comes from the description, if it has one. */
  private BadOption bad(String value, String what, String otherwise, Throwable cause) {
    Matcher own = Pattern.compile("--" + name + "=[^\\s,;]*[^\\s,;.]").matcher(description);
    String example = own.find() ? own.group() : "--" + name + "=" + otherwise;
    return new BadOption("--" + name, value, what + ", e.g. " + example, cause);
  }

  private static String text(Object value) {
    if (value instanceof Collection<?> values) {
      return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
    if (value instanceof Double number && !number.isInfinite()) {
      String text = number.toString();
      return text.contains("E") ? BigDecimal.valueOf(number).toPlainString() : text;
    }
    return String.valueOf(value);
  }

  private static Object invoke(Method method, PipelineOptions on, Object... arguments) {
    try {
      return method.invoke(on, arguments);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("cannot call " + method, e);
    }
  }
}
