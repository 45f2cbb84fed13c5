package dhara.tools.deploy;

import dhara.cli.Arguments;
import dhara.cli.TypedOption;
import dhara.connectors.Endpoint;
import dhara.options.BadOption;
import dhara.options.SecretReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The arguments of a deployed command, and what they need in its pods. Files of this machine that
 * options name are taken along, and secrets stay references.
 *
 * @param words the analysis and its options, as the command takes them
 * @param files the contents of the files that options name, by their names in {@link #FILES}
 * @param variables environment variables that hold secrets
 * @param secrets names of files in {@link #SECRETS}
 */
record JobArguments(
    List<String> words,
    SortedMap<String, String> files,
    SortedSet<String> variables,
    SortedSet<String> secrets) {

  /** Where pods see the files that options name. */
  static final String FILES = "/etc/dhara/files";

  /** Where pods see the Secret. */
  static final String SECRETS = "/etc/dhara/secrets";

  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._-]+");
  private static final Pattern SECRET = Pattern.compile(SECRETS + "/([A-Za-z0-9._-]+)");

  /**
   * Refuses options that the deployment decides, and those that hold a secret.
   *
   * @throws BadOption naming the option and the fix
   */
  static void check(DeployTarget target, Arguments.Given given) {
    given
        .values()
        .forEach(
            (name, values) -> {
              String decided = target.decided().get(name);
              if (decided != null) {
                throw new BadOption(
                    "--" + name, values.get(0), "is decided by the deployment: " + decided);
              }
              for (String value : values) {
                if (SecretReference.lacks(name, value)) {
                  throw new BadOption(
                      "--" + name, value, "is a secret; name it instead: --" + name + "=env:NAME");
                }
              }
            });
  }

  /**
   * The arguments of the options that the user gave.
   *
   * @param given all of them, with those of {@code deploy}
   * @param options the analysis' own
   * @throws BadOption if one refers to something that pods do not see
   */
  static JobArguments of(
      String analysis, Arguments.Given given, List<TypedOption> options, DeployOptions deploy) {
    Set<String> own =
        TypedOption.of(DeployOptions.class).stream()
            .map(TypedOption::name)
            .collect(Collectors.toSet());
    Map<String, TypedOption> typed =
        options.stream().collect(Collectors.toMap(TypedOption::name, Function.identity()));
    Collecting collected = new Collecting();
    List<String> words = new ArrayList<>(List.of(analysis));
    given
        .values()
        .forEach(
            (name, values) -> {
              if (!own.contains(name)) {
                values.forEach(
                    value ->
                        words.add(
                            "--" + name + "=" + collected.taken(typed.get(name), name, value)));
              }
            });
    List<String> further = deploy.getSecretVariables();
    if (further != null) {
      further.forEach(variable -> collected.variable("--secretVariables", variable));
    }
    words.addAll(
        deploy.getTarget().arguments(Deployment.name(analysis, deploy), deploy.getWorkers()));
    return new JobArguments(
        List.copyOf(words), collected.files, collected.variables, collected.secrets);
  }

  /** The same with the secrets to which endpoints refer. */
  JobArguments with(Collection<Endpoint> endpoints) {
    Collecting collected = new Collecting();
    collected.variables.addAll(variables);
    collected.secrets.addAll(secrets);
    for (Endpoint endpoint : endpoints) {
      endpoint.parameters().values().forEach(value -> collected.secret(endpoint.option(), value));
    }
    return new JobArguments(words, files, collected.variables, collected.secrets);
  }

  /** What the values of options need in the pods. */
  private static final class Collecting {

    private final SortedMap<String, String> files = new TreeMap<>();
    private final SortedSet<String> variables = new TreeSet<>();
    private final SortedSet<String> secrets = new TreeSet<>();

    /** The value for the pods: of an option that names a file, its path there. */
    String taken(TypedOption option, String name, String value) {
      if (option != null && option.place()) {
        return value;
      }
      secret("--" + name, value);
      if (option == null || !isFile(value)) {
        return value;
      }
      Path file = Path.of(value);
      String key = String.valueOf(file.getFileName());
      if (!KEY.matcher(key).matches()) {
        throw new BadOption(
            "--" + name,
            value,
            "has a name that no ConfigMap takes: letters, digits, '.', '_' and '-' make one");
      }
      String content = content(name, file);
      String other = files.put(key, content);
      if (other != null && !other.equals(content)) {
        throw new BadOption(
            "--" + name, value, "has the name of another file that is taken along; rename one");
      }
      return FILES + "/" + key;
    }

    private static boolean isFile(String value) {
      try {
        return Files.isRegularFile(Path.of(value));
      } catch (InvalidPathException e) {
        return false;
      }
    }

    private static String content(String name, Path file) {
      try {
        return Files.readString(file);
      } catch (IOException e) {
        throw new BadOption("--" + name, file, "is not a readable text file", e);
      }
    }

    void secret(String option, String value) {
      SecretReference.variable(value).ifPresent(variable -> variable(option, variable));
      SecretReference.file(value)
          .filter(file -> !SECRET.matcher(file).matches())
          .ifPresent(
              file -> {
                throw new BadOption(
                    option,
                    null,
                    "refers to a file of this machine; pods see the Secret's NAME as file:"
                        + SECRETS
                        + "/NAME, or as env:NAME");
              });
      // Stores of keys and certificates are named by their paths alone.
      SECRET.matcher(value).results().forEach(match -> secrets.add(match.group(1)));
    }

    void variable(String option, String variable) {
      if (!VARIABLE.matcher(variable).matches()) {
        throw new BadOption(
            option, null, "names no variable; letters, digits and '_' make one, e.g. env:LOGIN");
      }
      variables.add(variable);
    }
  }
}
