package dhara.parity.platform;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.auto.service.AutoService;
import dhara.events.Event;
import dhara.options.DharaOptions;
import dhara.pipelines.platform.alerts.Alerts;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.transforms.alert.AlertEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Looks at each group at its moments, and finds out from the whole list of events what was firing
 * then. The rules of both runs are written down here once more, in Java.
 */
@AutoService(Oracle.class)
public final class AlertsOracle implements Oracle {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration HOUR = Duration.ofHours(1);

  /** The rules of the second run. */
  private static final String ROUTES =
      """
      global:
        resolve_timeout: 6h
      route:
        receiver: desk
        group_by: [type, zone]
        group_wait: 1m
        repeat_interval: 2h
        routes:
          - matchers: ['severity = "critical"']
            receiver: pager
            group_by: ['...']
            group_wait: 0s
            group_interval: 1m
            continue: true
          - matchers: [type =~ "check_.*"]
            receiver: log
            group_by: [type]
            group_wait: 10s
            limit: {notifications: 5, per: 15m}
          - matchers: ['zone = lab', 'severity != "critical"']
            receiver: desk
            group_interval: 10m
            routes:
              - matchers: [service = lab2]
                receiver: log
      receivers:
        - name: desk
        - name: pager
        - name: log
          send_resolved: false
      inhibit_rules:
        - source_matchers: [type = zone_down]
          target_matchers: ['type !~ "zone_down|latency"']
          equal: [zone]
      silences:
        - matchers: [zone = lab, 'service !~ "lab[12]"']
          starts_at: 2026-01-05T09:00:00Z
          ends_at: 2026-01-09T09:00:00Z
          comment: the laboratory
        - matchers: [type = disk_full]
          starts_at: 2026-01-05T14:00:00+00:00
          ends_at: 2026-01-05T15:07:00Z
      """;

  private static @Nullable Path written;

  /** A route: its rules, and below them those of its children. */
  private record Node(
      String key,
      String receiver,
      Predicate<Map<String, String>> takes,
      List<String> by,
      Duration first,
      Duration interval,
      Duration repeat,
      boolean goesOn,
      long limit,
      Duration per,
      List<Node> children) {}

  /** The rules of a run. */
  private record Rules(
      Node root,
      Set<String> untoldOfTheEnd,
      Predicate<Map<String, String>> source,
      Predicate<Map<String, String>> target,
      Mute silences,
      Duration timeout) {}

  private interface Mute {
    boolean mutes(Map<String, String> labels, Instant at);
  }

  private static final Duration FOREVER = Duration.ofDays(36_500);

  private static Rules standard() {
    Node critical =
        new Node(
            "{}/{severity=~\"(?i)critical\"}",
            "default",
            labels -> "critical".equalsIgnoreCase(labels.get("severity")),
            List.of("type"),
            Duration.ZERO,
            Duration.ofMinutes(5),
            Duration.ofHours(4),
            false,
            60,
            HOUR,
            List.of());
    Node root =
        new Node(
            "{}",
            "default",
            labels -> true,
            List.of("type"),
            Duration.ofSeconds(30),
            Duration.ofMinutes(5),
            Duration.ofHours(4),
            false,
            60,
            HOUR,
            List.of(critical));
    return new Rules(
        root,
        Set.of(),
        labels -> false,
        labels -> false,
        (labels, at) -> false,
        Duration.ofDays(1));
  }

  private static Rules ofTheFile() {
    List<String> typeAndZone = List.of("type", "zone");
    Duration two = Duration.ofHours(2);
    Duration five = Duration.ofMinutes(5);
    Duration minute = Duration.ofMinutes(1);
    Node critical =
        new Node(
            "{}/{severity=\"critical\"}",
            "pager",
            labels -> "critical".equals(labels.get("severity")),
            List.of(),
            Duration.ZERO,
            minute,
            two,
            true,
            Long.MAX_VALUE,
            FOREVER,
            List.of());
    Node checks =
        new Node(
            "{}/{type=~\"check_.*\"}",
            "log",
            labels -> labels.get("type").startsWith("check_"),
            List.of("type"),
            Duration.ofSeconds(10),
            five,
            two,
            false,
            5,
            Duration.ofMinutes(15),
            List.of());
    String labKey = "{}/{zone=\"lab\",severity!=\"critical\"}";
    Node lab2 =
        new Node(
            labKey + "/{service=\"lab2\"}",
            "log",
            labels -> "lab2".equals(labels.get("service")),
            typeAndZone,
            minute,
            Duration.ofMinutes(10),
            two,
            false,
            Long.MAX_VALUE,
            FOREVER,
            List.of());
    Node lab =
        new Node(
            labKey,
            "desk",
            labels ->
                "lab".equals(labels.get("zone")) && !"critical".equals(labels.get("severity")),
            typeAndZone,
            minute,
            Duration.ofMinutes(10),
            two,
            false,
            Long.MAX_VALUE,
            FOREVER,
            List.of(lab2));
    Node root =
        new Node(
            "{}",
            "desk",
            labels -> true,
            typeAndZone,
            minute,
            five,
            two,
            false,
            Long.MAX_VALUE,
            FOREVER,
            List.of(critical, checks, lab));
    return new Rules(
        root,
        Set.of("log"),
        labels -> labels.get("type").equals("zone_down"),
        labels -> !Set.of("zone_down", "latency").contains(labels.get("type")),
        AlertsOracle::silenced,
        Duration.ofHours(6));
  }

  private static boolean silenced(Map<String, String> labels, Instant at) {
    boolean lab =
        "lab".equals(labels.get("zone"))
            && !Set.of("lab1", "lab2").contains(labels.getOrDefault("service", ""));
    return (lab && within(at, "2026-01-05T09:00:00Z", "2026-01-09T09:00:00Z"))
        || (labels.get("type").equals("disk_full")
            && within(at, "2026-01-05T14:00:00Z", "2026-01-05T15:07:00Z"));
  }

  private static boolean within(Instant at, String from, String until) {
    return !at.isBefore(Instant.parse(from)) && at.isBefore(Instant.parse(until));
  }

  @Override
  public String analysis() {
    return "alerts";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(List.of(), List.of("--routes=" + file(), "--window=PT30M"));
  }

  private static synchronized Path file() {
    if (written == null) {
      try {
        written = Files.createTempFile("routes", ".yaml");
        Files.writeString(written, ROUTES);
        written.toFile().deleteOnExit();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return written;
  }

  @Override
  public long testEvents() {
    return 400;
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    Alerts.Options options = given.as(Alerts.Options.class);
    Rules rules = options.getRoutes() == null ? standard() : ofTheFile();
    Run run = new Run(rules, inputs.of("alerts", AlertEvent.class));
    run.play();
    List<String> routed = new ArrayList<>();
    Box.fill(run.counted, Counted::route, options, HOUR)
        .forEach((box, counted) -> routed.add(row(box, counted)));
    List<String> deliveries =
        run.sent.stream()
            .map(
                row ->
                    "{\"incident\":" + row.get("notification") + "," + row.toString().substring(1))
            .toList();
    return Map.of(
        "notifications",
        run.sent.stream().map(ObjectNode::toString).toList(),
        "routed",
        routed,
        "deliveries",
        deliveries);
  }

  /** What became of some events: how many of each kind in the order of the columns. */
  private record Counted(String id, Instant at, String route, List<Long> numbers)
      implements Event {}

  private static final List<String> COLUMNS =
      List.of(
          "alerts",
          "notified",
          "grouped",
          "unchanged",
          "inhibited",
          "silenced",
          "capped",
          "notifications",
          "repeats");

  private static String row(Box<String> box, List<Counted> counted) {
    ObjectNode row = JSON.createObjectNode();
    row.put("route", box.key());
    row.put("window_start", Box.text(box.start()));
    row.put("window_end", Box.text(box.end()));
    for (int i = 0; i < COLUMNS.size(); i++) {
      int column = i;
      row.put(COLUMNS.get(i), counted.stream().mapToLong(each -> each.numbers.get(column)).sum());
    }
    return row.toString();
  }

  /** An event with its labels. */
  private record Line(AlertEvent event, SortedMap<String, String> labels, String alert) {

    static Line of(AlertEvent event) {
      SortedMap<String, String> labels = new TreeMap<>();
      for (String pair : event.labels().split(",", -1)) {
        labels.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
      }
      labels.put("source", event.source());
      labels.put("type", event.type());
      String alert = labels.toString();
      if (event.severity() != null) {
        labels.put("severity", event.severity());
      }
      return new Line(event, labels, alert);
    }

    Instant at() {
      return event.at();
    }

    boolean fires() {
      return Set.of("FIRING", "RAISED").contains(event.state().name());
    }
  }

  /** A group: where it is, and what was told last. */
  private static final class Group {
    private final Node route;
    private final String labels;
    private final String key;
    private @Nullable Instant next;
    private Instant before = Instant.MIN;
    private Set<String> firing = Set.of();
    private Set<String> resolved = Set.of();
    private @Nullable Instant told;

    Group(Node route, String labels) {
      this.route = route;
      this.labels = labels;
      this.key = key(route, labels);
    }

    static String key(Node route, String labels) {
      return route.key + ":{" + labels + "}";
    }
  }

  /** One run through the events. */
  private static final class Run {

    private final Rules rules;
    private final List<Line> lines;
    private final Map<String, List<Line>> byAlert = new TreeMap<>();
    private final SortedMap<String, Group> groups = new TreeMap<>();
    private final Map<String, Set<String>> alertsOf = new TreeMap<>();
    private final Map<String, List<String>> heldGroups = new TreeMap<>();
    private final Map<String, Instant> heldUntil = new TreeMap<>();
    private final Map<String, Long> sentIn = new TreeMap<>();
    private final Map<String, Node> nodes = new TreeMap<>();
    private final List<ObjectNode> sent = new ArrayList<>();
    private final List<Counted> counted = new ArrayList<>();

    Run(Rules rules, List<AlertEvent> events) {
      this.rules = rules;
      this.lines =
          events.stream()
              .sorted(Comparator.comparing(AlertEvent::at).thenComparing(AlertEvent::id))
              .map(Line::of)
              .toList();
      for (Line line : lines) {
        byAlert.computeIfAbsent(line.alert, alert -> new ArrayList<>()).add(line);
      }
    }

    void play() {
      int at = 0;
      while (true) {
        Instant due = due();
        if (at < lines.size() && (due == null || !lines.get(at).at().isAfter(due))) {
          arrive(lines.get(at++));
        } else if (due == null) {
          return;
        } else {
          List.copyOf(heldUntil.keySet()).forEach(route -> sumUp(route, due));
          groups.values().stream()
              .filter(group -> due.equals(group.next))
              .forEach(group -> look(group, due));
        }
      }
    }

    private @Nullable Instant due() {
      List<Instant> moments = new ArrayList<>(heldUntil.values());
      groups.values().stream()
          .map(group -> group.next)
          .filter(Objects::nonNull)
          .forEach(moments::add);
      return moments.stream().min(Comparator.naturalOrder()).orElse(null);
    }

    private List<Node> taking(Node node, Line line) {
      if (!node.takes.test(line.labels)) {
        return List.of();
      }
      List<Node> all = new ArrayList<>();
      for (Node child : node.children) {
        List<Node> of = taking(child, line);
        all.addAll(of);
        if (!of.isEmpty() && !child.goesOn) {
          break;
        }
      }
      return all.isEmpty() ? List.of(node) : all;
    }

    private static String labels(Node node, Line line) {
      List<String> pairs = new ArrayList<>();
      line.labels.forEach(
          (name, value) -> {
            if (node.by.isEmpty() || node.by.contains(name)) {
              pairs.add(name + "=" + value);
            }
          });
      return String.join(",", pairs);
    }

    private boolean goesTo(Line line, Group group) {
      return taking(rules.root, line).stream()
          .anyMatch(node -> Group.key(node, labels(node, line)).equals(group.key));
    }

    private void arrive(Line line) {
      for (Node node : taking(rules.root, line)) {
        nodes.put(node.key, node);
        if (line.fires()) {
          String of = labels(node, line);
          Group group = groups.computeIfAbsent(Group.key(node, of), key -> new Group(node, of));
          alertsOf.computeIfAbsent(group.key, key -> new TreeSet<>()).add(line.alert);
          if (group.next == null) {
            group.next = line.at().plus(node.first);
          }
        } else if (groups.values().stream()
            .noneMatch(group -> group.route.key.equals(node.key) && ends(line, group))) {
          count(line.at(), node.key, 1, 0, 0, 1, 0, 0, 0, 0, 0);
        }
      }
    }

    /** Whether a line is the end of an alert that was firing in a group. */
    private boolean ends(Line line, Group group) {
      List<Line> of = byAlert.get(line.alert);
      int index = of.indexOf(line);
      if (line.fires() || index == 0) {
        return false;
      }
      Line begun = of.get(index - 1);
      return begun.fires()
          && goesTo(begun, group)
          && !begun.at().plus(rules.timeout).isBefore(line.at());
    }

    /** The last line of an alert until a moment. */
    private @Nullable Line last(String alert, Instant at) {
      Line last = null;
      for (Line line : byAlert.get(alert)) {
        last = line.at().isAfter(at) ? last : line;
      }
      return last;
    }

    /** The line by which an alert fires at a moment; null if it does not. */
    private @Nullable Line firing(String alert, Instant at) {
      Line last = last(alert, at);
      return last != null && last.fires() && at.isBefore(last.at().plus(rules.timeout))
          ? last
          : null;
    }

    /** An alert in a group at a moment: its last line there, and those since the look before. */
    private record Seen(Line line, boolean fires, Instant since, long lines) {}

    private @Nullable Seen seen(String alert, Group group, Instant at) {
      List<Line> of = byAlert.get(alert);
      Line there = null;
      Instant since = null;
      long fresh = 0;
      boolean begun = false;
      for (int i = 0; i < of.size() && !of.get(i).at().isAfter(at); i++) {
        Line line = of.get(i);
        Line previous = i == 0 ? null : of.get(i - 1);
        boolean isNew = line.at().isAfter(group.before);
        if (line.fires() && goesTo(line, group)) {
          there = line;
          since = begin(of, i);
          begun |= isNew;
          fresh += isNew ? 1 : 0;
        } else if (previous != null && ends(line, group)) {
          there = line;
          fresh += isNew ? 1 : 0;
        }
      }
      Line fires = firing(alert, group.before);
      boolean wasThere = !group.before.equals(Instant.MIN) && fires != null && goesTo(fires, group);
      if (!wasThere && !begun) {
        return null;
      }
      Line now = firing(alert, at);
      return new Seen(there, now != null && goesTo(now, group), since, fresh);
    }

    /** When the alert began that fires by the line of this number. */
    private Instant begin(List<Line> of, int number) {
      int first = number;
      while (first > 0
          && of.get(first - 1).fires()
          && !of.get(first - 1).at().plus(rules.timeout).isBefore(of.get(first).at())) {
        first--;
      }
      return of.get(first).at();
    }

    private boolean inhibited(Line line, Instant at) {
      return rules.target.test(line.labels)
          && byAlert.keySet().stream()
              .map(alert -> firing(alert, at))
              .filter(Objects::nonNull)
              .filter(source -> rules.source.test(source.labels))
              .filter(
                  source -> !rules.source.test(line.labels) || !rules.target.test(source.labels))
              .anyMatch(
                  source -> Objects.equals(source.labels.get("zone"), line.labels.get("zone")));
    }

    private void look(Group group, Instant at) {
      SortedMap<String, Seen> all = new TreeMap<>();
      for (String alert : alertsOf.get(group.key)) {
        Seen seen = seen(alert, group, at);
        if (seen != null) {
          all.put(alert, seen);
        }
      }
      long inhibited = 0;
      long silenced = 0;
      SortedMap<String, Seen> firing = new TreeMap<>();
      SortedMap<String, Seen> resolved = new TreeMap<>();
      for (Map.Entry<String, Seen> each : all.entrySet()) {
        Seen seen = each.getValue();
        if (inhibited(seen.line, at)) {
          inhibited += seen.lines;
        } else if (rules.silences.mutes(seen.line.labels, at)) {
          silenced += seen.lines;
        } else {
          (seen.fires ? firing : resolved).put(each.getKey(), seen);
        }
      }
      boolean tellsEnds = !rules.untoldOfTheEnd.contains(group.route.receiver);
      boolean news = news(group, firing.keySet(), resolved.keySet(), tellsEnds);
      boolean repeats =
          !news
              && !firing.isEmpty()
              && group.told != null
              && !group.told.plus(group.route.repeat).isAfter(at);
      long[] became = new long[9];
      became[4] = inhibited;
      became[5] = silenced;
      long ofFiring = firing.values().stream().mapToLong(Seen::lines).sum();
      long ofResolved = resolved.values().stream().mapToLong(Seen::lines).sum();
      if (news || repeats) {
        group.firing = new TreeSet<>(firing.keySet());
        group.resolved = new TreeSet<>(resolved.keySet());
        group.told = at;
      }
      if ((news || repeats) && (tellsEnds || !firing.isEmpty())) {
        long told = ofFiring + (tellsEnds ? ofResolved : 0);
        became[3] = ofFiring + ofResolved - told;
        if (holds(group, at)) {
          became[6] = told;
        } else {
          became[1] = Math.min(told, 1);
          became[2] = told - became[1];
          became[7] = 1;
          became[8] = repeats ? 1 : 0;
          List<Seen> listed = new ArrayList<>(firing.values());
          if (tellsEnds) {
            listed.addAll(resolved.values());
          }
          String status = firing.isEmpty() ? "RESOLVED" : "FIRING";
          send(group.key, group.route, group.labels, status, repeats, listed, null, at);
        }
      } else {
        became[3] = ofFiring + ofResolved;
      }
      became[0] = became[1] + became[2] + became[3] + became[4] + became[5] + became[6];
      count(at, group.route.key, became);
      boolean left = all.values().stream().anyMatch(Seen::fires);
      group.before = at;
      group.next = left ? at.plus(group.route.interval) : null;
      if (!left) {
        group.told = null;
        group.firing = Set.of();
        group.resolved = Set.of();
      }
    }

    private static boolean news(
        Group group, Set<String> firing, Set<String> resolved, boolean tellsEnds) {
      if (firing.isEmpty() && resolved.isEmpty()) {
        return false;
      }
      if (group.told == null) {
        return !firing.isEmpty();
      }
      if (firing.stream().anyMatch(alert -> !group.firing.contains(alert))) {
        return true;
      }
      if (firing.isEmpty()) {
        return !group.firing.isEmpty();
      }
      return tellsEnds && resolved.stream().anyMatch(alert -> !group.resolved.contains(alert));
    }

    /** Whether the limit of the route holds a notification back. */
    private boolean holds(Group group, Instant at) {
      Node route = group.route;
      if (route.limit == Long.MAX_VALUE) {
        return false;
      }
      long period = Math.floorDiv(at.toEpochMilli(), route.per.toMillis());
      if (sentIn.merge(route.key + " " + period, 1L, Long::sum) <= route.limit) {
        return false;
      }
      heldGroups.computeIfAbsent(route.key, key -> new ArrayList<>()).add(group.key);
      heldUntil.put(route.key, Instant.ofEpochMilli((period + 1) * route.per.toMillis()));
      return true;
    }

    private void sumUp(String key, Instant at) {
      if (!at.equals(heldUntil.get(key))) {
        return;
      }
      heldUntil.remove(key);
      List<String> held = heldGroups.remove(key);
      SortedMap<String, Seen> firing = new TreeMap<>();
      for (String of : held) {
        Group group = groups.get(of);
        for (String alert : alertsOf.get(of)) {
          Line line = firing(alert, at);
          if (line != null
              && goesTo(line, group)
              && !inhibited(line, at)
              && !rules.silences.mutes(line.labels, at)) {
            List<Line> lines = byAlert.get(alert);
            firing.put(alert, new Seen(line, true, begin(lines, lines.indexOf(line)), 0));
          }
        }
      }
      Node route = nodes.get(key);
      List<Seen> all = List.copyOf(firing.values());
      send(key + ":{}#summary", route, "", "SUMMARY", false, all, (long) held.size(), at);
      count(at, key, 0, 0, 0, 0, 0, 0, 0, 1, 0);
    }

    private void send(
        String key,
        Node route,
        String group,
        String status,
        boolean repeats,
        List<Seen> alerts,
        @Nullable Long held,
        Instant at) {
      long firing = alerts.stream().filter(Seen::fires).count();
      ObjectNode row = JSON.createObjectNode();
      row.put("notification", route.receiver + "/" + key + "/" + at);
      row.put("window_start", Box.text(at));
      row.put("window_end", Box.text(at.plusMillis(1)));
      row.put("receiver", route.receiver);
      row.put("route", route.key);
      row.put("group", group);
      row.put("status", status);
      row.put("repeat", repeats);
      row.put("firing", firing);
      row.put("resolved", alerts.size() - firing);
      row.put("held", held);
      ArrayNode listed = row.putArray("alerts");
      alerts.stream()
          .sorted(
              Comparator.comparing((Seen seen) -> seen.fires ? 0 : 1)
                  .thenComparing(Seen::since)
                  .thenComparing(seen -> seen.line.event.source())
                  .thenComparing(seen -> seen.line.event.type())
                  .thenComparing(seen -> seen.line.event.labels()))
          .limit(10)
          .forEach(seen -> listed.add(told(seen)));
      row.put("more", Math.max(0, alerts.size() - 10));
      sent.add(row);
    }

    private static ObjectNode told(Seen seen) {
      AlertEvent event = seen.line.event;
      ObjectNode told = JSON.createObjectNode();
      told.put("source", event.source());
      told.put("type", event.type());
      told.put("severity", event.severity());
      told.put("labels", event.labels());
      told.put("firing", seen.fires);
      told.put("since", Box.text(seen.since));
      told.put("value", event.value());
      told.put("text", event.text());
      return told;
    }

    private void count(Instant at, String route, long... numbers) {
      if (numbers[0] > 0 || numbers[7] > 0) {
        List<Long> boxed = new ArrayList<>();
        for (long number : numbers) {
          boxed.add(number);
        }
        counted.add(new Counted("", at, route, boxed));
      }
    }
  }
}
