package dhara.transforms.alert;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * A rule by which alerts keep others quiet: while one that meets the source matchers is firing, no
 * notification is sent about those that meet the target matchers, if both have the same values of
 * some labels. As in Alertmanager, a label that both lack is equal, an alert that meets both sides
 * is not kept quiet by one for which the same is true, and a source does so even if it is silenced
 * or kept quiet itself.
 *
 * @param source what keeps others quiet
 * @param target what is kept quiet
 * @param equal the labels whose values must be equal
 */
public record Inhibition(List<LabelMatcher> source, List<LabelMatcher> target, List<String> equal)
    implements Serializable {

  public Inhibition {
    source = List.copyOf(source);
    target = List.copyOf(target);
    equal = List.copyOf(equal);
    if (source.isEmpty() || target.isEmpty()) {
      throw new IllegalArgumentException(
          "an inhibition without source_matchers or target_matchers would keep every alert quiet");
    }
  }

  boolean isSource(Map<String, String> labels) {
    return LabelMatcher.all(source, labels);
  }

  boolean isTarget(Map<String, String> labels) {
    return LabelMatcher.all(target, labels);
  }

  /** The values that must be equal. */
  List<String> values(Map<String, String> labels) {
    return equal.stream().map(name -> labels.getOrDefault(name, "")).toList();
  }
}
