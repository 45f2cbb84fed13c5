package dhara.cli;

import java.util.Map;

/**
 * Makes a verb that a module of its own brings, so that only its users have its libraries on the
 * class path. Found by {@link java.util.ServiceLoader}: annotate it with
 * {@code @AutoService(VerbFactory.class)}.
 */
public interface VerbFactory {

  /** The verbs that not every class path has, with the profile that adds each. */
  Map<String, String> ELSEWHERE = Map.of("serve", "-Pserving", "train", "-Ptrain");

  /** The verb. */
  Verb verb(Environment environment);
}
