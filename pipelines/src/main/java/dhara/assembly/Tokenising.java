package dhara.assembly;

import dhara.formats.mapping.Mapping;
import dhara.formats.mapping.Names;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.options.Nearest;
import dhara.pipelines.Input;
import dhara.tokens.Tokens;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The personal data of a run: {@code --tokenise} and {@code --tokeniseKey}. */
final class Tokenising {

  private static final String OPTION = "--tokenise";

  private final @Nullable Tokens tokens;

  private Tokenising(@Nullable Tokens tokens) {
    this.tokens = tokens;
  }

  /**
   * What the user wants of the events of these inputs.
   *
   * @throws BadOption if a field is in none of them or is no text, or the key is missing or bad
   */
  static Tokenising of(DharaOptions options, List<Input<?>> inputs) {
    List<String> given = options.getTokenise();
    if (given == null) {
      if (options.getTokeniseKey() != null) {
        throw new BadOption(
            OPTION, null, "is missing, and --tokeniseKey is for it, e.g. --tokenise=payer,device");
      }
      return new Tokenising(null);
    }
    Set<String> components = new LinkedHashSet<>();
    given.forEach(field -> components.add(component(field, inputs)));
    return new Tokenising(Tokens.of(components, KeyReference.of(options.getTokeniseKey())));
  }

  /** The component of a field, which may also be named as in events: {@code payer_bank}. */
  private static String component(String field, List<Input<?>> inputs) {
    Set<String> texts = new TreeSet<>();
    Type other = null;
    for (Input<?> input : inputs) {
      for (RecordComponent component : input.type().getRecordComponents()) {
        String name = component.getName();
        boolean named = field.equals(name) || field.equals(Names.snake(name));
        if (named && isText(component.getGenericType())) {
          return name;
        } else if (named) {
          other = component.getGenericType();
        } else if (isText(component.getGenericType())) {
          texts.add(name);
        }
      }
    }
    String these = " These are texts: " + String.join(", ", texts);
    throw new BadOption(
        OPTION,
        field,
        other == null
            ? "is no field of what is read." + Nearest.question(field, texts) + these
            : "is no text but a " + words(other) + ", and only texts become tokens." + these);
  }

  private static String words(Type type) {
    return type instanceof Class<?> plain ? plain.getSimpleName() : type.getTypeName();
  }

  private static boolean isText(Type type) {
    return type == String.class
        || (type instanceof ParameterizedType generic
            && generic.getRawType() == Optional.class
            && generic.getActualTypeArguments()[0] == String.class);
  }

  /**
   * The mapping of an input, with its tokens.
   *
   * @throws BadOption if a token's field would also be read in clear
   */
  Mapping of(Input<?> input, Mapping mapping) {
    if (tokens == null) {
      return mapping;
    }
    List<String> components =
        Arrays.stream(input.type().getRecordComponents()).map(RecordComponent::getName).toList();
    try {
      return mapping.tokenised(tokens.among(components), components);
    } catch (IllegalArgumentException e) {
      throw new BadOption(OPTION, String.join(",", tokens.components()), e.getMessage(), e);
    }
  }

  /**
   * Refuses tokens in a reference whose removals name their keys outside of the event, where they
   * stay in clear: they would remove nothing.
   */
  void checkRemovals(Input<?> input) {
    if (tokens == null) {
      return;
    }
    for (RecordComponent component : input.type().getRecordComponents()) {
      if (tokens.covers(component.getName())) {
        throw new BadOption(
            OPTION,
            component.getName(),
            "is a field of "
                + input.name()
                + ", a reference in a topic, whose tombstones name their keys in clear; read "
                + input.name()
                + " from files, or leave the field out");
      }
    }
  }

  /**
   * The prefix of the steps that read an input. Those that make tokens have a name of their own: a
   * savepoint holds the source as it was built, and a stream that is restored from one of a run
   * with other tokens, or none, would go on to read without these. An engine refuses state whose
   * step is gone.
   */
  String step(String input) {
    if (tokens == null) {
      return input;
    }
    CRC32 sum = new CRC32();
    sum.update(tokens.toString().getBytes(StandardCharsets.UTF_8));
    return "%s.Tokens-%08x".formatted(input, sum.getValue());
  }

  /** A line for a person; empty if there are no tokens. */
  Optional<String> line() {
    return Optional.ofNullable(tokens)
        .map(made -> "Tokens instead of " + made + "; what is no event is sealed");
  }
}
