package dhara.pipelines.platform.alerts;

import dhara.options.BadOption;
import dhara.options.Nearest;
import dhara.transforms.alert.AlertRoute;
import dhara.transforms.alert.Inhibition;
import dhara.transforms.alert.LabelMatcher;
import dhara.transforms.alert.Routes;
import dhara.transforms.alert.Silence;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.io.FileSystems;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Reads a routing file: YAML in the form of Alertmanager's configuration, as far as it is about
 * routing, with limits and silences. It is read and checked before a run is launched, and errors
 * name the line and the fix. They repeat no values of what is not known here, which may be secrets.
 *
 * <pre>
 *   global:        resolve_timeout
 *   route:         receiver, matchers, group_by, group_wait, group_interval, repeat_interval,
 *                  continue, limit (notifications, per; or none), routes
 *   receivers:     name, send_resolved
 *   inhibit_rules: source_matchers, target_matchers, equal
 *   silences:      matchers, starts_at, ends_at, comment
 * </pre>
 */
final class RoutesFile {

  private static final String OPTION = "--routes";

  /** Routes deeper than this are a mistake, such as an alias that refers to itself. */
  private static final int DEEPEST = 20;

  /**
   * The most elements of all lists. Few aliases to lists with aliases make a short file say far
   * more.
   */
  private static final int MOST_ITEMS = 100_000;

  /** Bytes of a file; the memory to read a long value grows with the square of its length. */
  private static final int LONGEST = 1 << 18;

  private static final Pattern DURATION =
      Pattern.compile(
          "(?:(\\d{1,9})w)?(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?"
              + "(?:(\\d{1,9})ms)?");

  private static final long[] UNITS = {604_800_000, 86_400_000, 3_600_000, 60_000, 1_000, 1};

  private final String file;
  private final Map<String, Boolean> receivers = new LinkedHashMap<>();

  private RoutesFile(String file) {
    this.file = file;
  }

  /**
   * The routes of a file.
   *
   * @throws BadOption if it cannot be read, or says something that cannot be
   */
  static Routes read(String file) {
    String text = text(file);
    RoutesFile reading = new RoutesFile(file);
    Node root;
    try {
      LoaderOptions limits = new LoaderOptions();
      limits.setCodePointLimit(LONGEST);
      root = new Yaml(limits).compose(new StringReader(text));
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
      throw new BadOption(OPTION, file, "line %d is no YAML: %s".formatted(line, e.getProblem()));
    } catch (YAMLException e) {
      throw new BadOption(OPTION, file, "is no YAML; it must be text without control characters");
    }
    if (root == null) {
      throw new BadOption(OPTION, file, "is empty; it needs at least a route and its receiver");
    }
    long unused = reading.elements(root, new HashMap<>());
    return reading.routes(root);
  }

  /**
   * How many elements the lists of a node have together, as often as aliases repeat them. What is
   * repeated is counted once, so that a short file is refused in a short time, whatever it says.
   *
   * @param known of nodes that were counted, which are equal only to themselves; 0 of those around
   *     this one
   */
  private long elements(Node node, Map<Node, Long> known) {
    Long before = known.putIfAbsent(node, 0L);
    if (before != null) {
      return before;
    }
    long elements = 0;
    if (node instanceof SequenceNode list) {
      elements = list.getValue().size();
      for (Node each : list.getValue()) {
        elements += elements(each, known);
      }
    } else if (node instanceof MappingNode block) {
      for (NodeTuple field : block.getValue()) {
        elements += elements(field.getKeyNode(), known) + elements(field.getValueNode(), known);
      }
    }
    if (elements > MOST_ITEMS) {
      throw bad(node, "the lists have more than %,d elements".formatted(MOST_ITEMS));
    }
    known.put(node, elements);
    return elements;
  }

  /** The text of a file, in whichever of Beam's file systems. */
  private static String text(String file) {
    byte[] bytes;
    try (InputStream in =
        Channels.newInputStream(
            FileSystems.open(FileSystems.matchSingleFileSpec(file).resourceId()))) {
      bytes = in.readNBytes(LONGEST + 1);
    } catch (FileNotFoundException e) {
      throw new BadOption(OPTION, file, "there is no such file; name a routing file", e);
    } catch (IOException | RuntimeException e) {
      throw new BadOption(OPTION, file, "cannot be read as a routing file: " + e, e);
    }
    if (bytes.length > LONGEST) {
      throw new BadOption(OPTION, file, "has more than %,d bytes".formatted(LONGEST));
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new BadOption(OPTION, file, "is no text in UTF-8", e);
    }
  }

  private Routes routes(Node root) {
    Block block = new Block(root, "a routing file");
    Node given = block.take("receivers");
    if (given == null) {
      throw bad(root, "there are no receivers; add e.g. receivers: [{name: team}]");
    }
    items(given).forEach(this::receiver);
    Node tree = block.take("route");
    if (tree == null) {
      throw bad(root, "there is no route; add e.g. route: {receiver: team}");
    }
    AlertRoute top = route(tree, null, "{}", 0);
    Node global = block.take("global");
    Duration timeout = Routes.RESOLVE_TIMEOUT;
    if (global != null) {
      Block settings = new Block(global, "global");
      timeout = settings.duration("resolve_timeout", timeout);
      settings.finish();
    }
    List<Inhibition> inhibitions = block.list("inhibit_rules", this::inhibition);
    List<Silence> silences = block.list("silences", this::silence);
    block.finish();
    Duration resolve = timeout;
    return checked(
        global == null ? root : global,
        () -> new Routes(top, receivers, inhibitions, silences, resolve));
  }

  private void receiver(Node node) {
    Block block = new Block(node, "a receiver");
    Node name = block.take("name");
    if (name == null) {
      throw bad(node, "a receiver has a name, e.g. name: team");
    }
    if (receivers.put(text(name), block.truth("send_resolved", true)) != null) {
      throw bad(name, "two receivers are called " + text(name) + "; rename one");
    }
    for (String field : block.fields.keySet()) {
      if (field.endsWith("_configs")) {
        throw bad(
            block.fields.get(field),
            field
                + " is not for this file: deliveries go to --answers=deliveries=URI with the name"
                + " of their receiver; leave it out");
      }
    }
    block.finish();
  }

  private AlertRoute route(Node node, @Nullable AlertRoute parent, String key, int depth) {
    if (depth > DEEPEST) {
      throw bad(node, "routes are nested more than %d deep".formatted(DEEPEST));
    }
    Block block = new Block(node, "a route");
    for (String old : List.of("match", "match_re")) {
      if (block.fields.containsKey(old)) {
        throw bad(
            block.fields.get(old),
            old + " is an old form; write matchers: ['NAME=\"VALUE\"', 'NAME=~\"PATTERN\"']");
      }
    }
    Node receiver = block.take("receiver");
    if (receiver == null && parent == null) {
      throw bad(node, "the top route names its receiver, e.g. receiver: team");
    }
    String to = receiver == null ? parent.receiver() : text(receiver);
    if (!receivers.containsKey(to)) {
      throw bad(
          receiver,
          "there is no receiver %s; add it to receivers.%s"
              .formatted(to, Nearest.question(to, receivers.keySet())));
    }
    List<LabelMatcher> matchers = block.list("matchers", this::matcher);
    if (parent == null && !matchers.isEmpty()) {
      throw bad(node, "the top route takes every alert; put its matchers into one of its routes");
    }
    boolean hasGroups = block.fields.containsKey("group_by");
    List<String> groupBy = block.list("group_by", this::text);
    Duration wait = parent == null ? Routes.GROUP_WAIT : parent.groupWait();
    Duration interval = parent == null ? Routes.GROUP_INTERVAL : parent.groupInterval();
    Duration repeat = parent == null ? Routes.REPEAT_INTERVAL : parent.repeatInterval();
    AlertRoute alone =
        checked(
            node,
            () ->
                new AlertRoute(
                    key,
                    to,
                    matchers,
                    hasGroups || parent == null ? groupBy : parent.groupBy(),
                    block.duration("group_wait", wait),
                    block.duration("group_interval", interval),
                    block.duration("repeat_interval", repeat),
                    block.truth("continue", false),
                    limit(block.take("limit"), parent == null ? null : parent.limit()),
                    List.of()));
    List<AlertRoute> children = new ArrayList<>();
    Map<String, Integer> same = new HashMap<>();
    Node routes = block.take("routes");
    for (Node child : routes == null ? List.<Node>of() : items(routes)) {
      String of = key + "/" + key(child);
      int number = same.merge(of, 1, Integer::sum);
      children.add(route(child, alone, number == 1 ? of : of + "#" + number, depth + 1));
    }
    block.finish();
    return new AlertRoute(
        alone.key(),
        alone.receiver(),
        alone.matchers(),
        alone.groupBy(),
        alone.groupWait(),
        alone.groupInterval(),
        alone.repeatInterval(),
        alone.goesOn(),
        alone.limit(),
        children);
  }

  /** The matchers of a route, as they are in its key. */
  private String key(Node route) {
    List<String> texts =
        new Block(route, "a route")
            .list("matchers", this::matcher).stream().map(LabelMatcher::text).toList();
    return "{" + String.join(",", texts) + "}";
  }

  private AlertRoute.@Nullable Limit limit(
      @Nullable Node node, AlertRoute.@Nullable Limit otherwise) {
    if (node == null) {
      return otherwise;
    } else if (node instanceof ScalarNode && text(node).equals("none")) {
      return null;
    }
    Block block = new Block(node, "a limit");
    Node notifications = block.take("notifications");
    if (notifications == null || !text(notifications).matches("[1-9]\\d{0,8}")) {
      throw bad(node, "a limit is none, or e.g. {notifications: 20, per: 1h}");
    }
    Duration per = block.duration("per", Duration.ofHours(1));
    block.finish();
    return new AlertRoute.Limit(Integer.parseInt(text(notifications)), per);
  }

  private Inhibition inhibition(Node node) {
    Block block = new Block(node, "an inhibit rule");
    List<LabelMatcher> source = block.list("source_matchers", this::matcher);
    List<LabelMatcher> target = block.list("target_matchers", this::matcher);
    List<String> equal = block.list("equal", this::text);
    block.finish();
    return checked(node, () -> new Inhibition(source, target, equal));
  }

  private Silence silence(Node node) {
    Block block = new Block(node, "a silence");
    List<LabelMatcher> matchers = block.list("matchers", this::matcher);
    Instant starts = block.time("starts_at");
    Instant ends = block.time("ends_at");
    block.take("comment");
    block.finish();
    return checked(node, () -> new Silence(matchers, starts, ends));
  }

  private LabelMatcher matcher(Node node) {
    String text = text(node);
    return checked(node, () -> LabelMatcher.of(text));
  }

  /** Makes something; what cannot be is an error at the line. */
  private <T> T checked(Node node, Supplier<T> make) {
    try {
      return make.get();
    } catch (IllegalArgumentException e) {
      throw bad(node, e.getMessage());
    }
  }

  private String text(Node node) {
    if (node instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    throw bad(node, "here is one value, not a list or a block");
  }

  private List<Node> items(Node node) {
    if (node instanceof SequenceNode list) {
      return list.getValue();
    }
    throw bad(node, "here is a list: put [ ] around it, or begin each item with a dash");
  }

  private BadOption bad(Node node, String fix) {
    return new BadOption(
        OPTION, file, "line %d: %s".formatted(node.getStartMark().getLine() + 1, fix));
  }

  /** The fields of a block. Those that nobody takes are not known. */
  private final class Block {

    private final Node node;
    private final String what;
    private final Map<String, Node> fields = new LinkedHashMap<>();
    private final List<String> known = new ArrayList<>();

    Block(Node node, String what) {
      this.node = node;
      this.what = what;
      if (!(node instanceof MappingNode mapping)) {
        throw bad(node, what + " is a block of NAME: VALUE lines");
      }
      for (NodeTuple field : mapping.getValue()) {
        String name = text(field.getKeyNode());
        if (fields.put(name, field.getValueNode()) != null) {
          throw bad(field.getKeyNode(), what + " has " + name + " twice; keep one");
        }
      }
    }

    @Nullable Node take(String name) {
      known.add(name);
      return fields.remove(name);
    }

    <T> List<T> list(String name, Function<Node, T> read) {
      Node list = take(name);
      return list == null ? List.of() : items(list).stream().map(read).toList();
    }

    boolean truth(String name, boolean otherwise) {
      Node value = take(name);
      if (value == null) {
        return otherwise;
      }
      String truth = text(value);
      if (!truth.equals("true") && !truth.equals("false")) {
        throw bad(value, name + " is true or false");
      }
      return truth.equals("true");
    }

    Duration duration(String name, Duration otherwise) {
      Node value = take(name);
      if (value == null) {
        return otherwise;
      }
      String text = text(value);
      Matcher parts = DURATION.matcher(text);
      if (text.equals("0")) {
        return Duration.ZERO;
      } else if (text.isEmpty() || !parts.matches()) {
        throw bad(value, name + " is a duration such as 30s, 5m, 1h30m or 7d, not " + text);
      }
      long millis = 0;
      for (int i = 0; i < UNITS.length; i++) {
        String part = parts.group(i + 1);
        millis += part == null ? 0 : Long.parseLong(part) * UNITS[i];
      }
      return Duration.ofMillis(millis);
    }

    Instant time(String name) {
      Node value = take(name);
      if (value == null) {
        throw bad(node, what + " has " + name + ", e.g. 2026-01-05T09:00:00Z");
      }
      try {
        return OffsetDateTime.parse(text(value)).toInstant();
      } catch (DateTimeException e) {
        throw bad(value, name + " is a time with a zone, such as 2026-01-05T09:00:00Z or …+05:30");
      }
    }

    void finish() {
      for (Map.Entry<String, Node> field : fields.entrySet()) {
        throw bad(
            field.getValue(),
            "%s has no %s.%s There may be %s"
                .formatted(
                    what,
                    field.getKey(),
                    Nearest.question(field.getKey(), known),
                    String.join(", ", known)));
      }
    }
  }
}
