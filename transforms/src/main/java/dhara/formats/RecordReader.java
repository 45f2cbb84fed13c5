package dhara.formats;

import com.fasterxml.jackson.core.JsonParser;
import dhara.events.DeadLetter.Reason;
import dhara.formats.mapping.Fields;
import dhara.formats.mapping.Mapping;
import dhara.formats.mapping.Names;
import dhara.formats.mapping.Source;
import dhara.formats.text.BadEvent;
import dhara.formats.text.Text;
import dhara.tokens.Tokeniser;
import dhara.tokens.Tokens;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads the fields of one event, in any order, into the components of a record, and creates the
 * record. The fields and their targets are determined once, so an event costs only its values. It
 * belongs to one thread.
 */
final class RecordReader<T extends Record> {

  private final Class<T> type;
  private final String path;
  private final RecordComponent[] components;
  private final ComponentReader[] readers;
  private final boolean[] keepsSpaces;

  /** By slot, the fields that the component is read from: alternatives, or a template's parts. */
  private final List<List<String>> sources = new ArrayList<>();

  private final Fields fields;
  private final Captures captures = new Captures();
  private final Values initial;
  private final Values values;
  private final int[] required;
  private final RecordMaker maker;
  private final boolean hides;
  private final Text scratch = new Text();

  static <T extends Record> RecordReader<T> of(Class<T> type, Mapping mapping) {
    return new RecordReader<>(type, mapping, "", Set.of());
  }

  static <T extends Record> RecordReader<T> nested(
      Class<T> type, String path, Set<Class<?>> enclosing) {
    return new RecordReader<>(type, Mapping.none(), path + ".", enclosing);
  }

  private RecordReader(Class<T> type, Mapping mapping, String path, Set<Class<?>> around) {
    this.type = type;
    this.path = path;
    fields = new Fields(path);
    components = type.getRecordComponents();
    mapping.check(
        type.getSimpleName(), Arrays.stream(components).map(RecordComponent::getName).toList());
    readers = new ComponentReader[components.length];
    keepsSpaces = new boolean[components.length];
    initial = new Values(components.length);
    values = new Values(components.length);
    Set<Class<?>> enclosing = new LinkedHashSet<>(around);
    enclosing.add(type);
    Components known = new Components(type, enclosing);
    Tokens tokens = mapping.tokens();
    hides = tokens != null;
    Tokeniser tokeniser = tokens == null ? null : tokens.tokeniser();
    for (int slot = 0; slot < components.length; slot++) {
      String name = components[slot].getName();
      add(
          slot,
          mapping.entry(name),
          known,
          tokens != null && tokens.covers(name) ? tokeniser : null);
    }
    required = IntStream.range(0, components.length).filter(this::isRequired).toArray();
    maker = RecordMaker.of(type);
  }

  private void add(
      int slot, Mapping.@Nullable Entry entry, Components known, @Nullable Tokeniser tokeniser) {
    RecordComponent component = components[slot];
    String name = component.getName();
    readers[slot] =
        known.reader(
            component, entry == null ? null : entry.conversion(), path + Names.snake(name));
    if (tokeniser != null) {
      readers[slot] = known.tokenised(component, readers[slot], tokeniser);
    }
    keepsSpaces[slot] = readers[slot].keepsSpaces();
    if (component.getType() == Optional.class) {
      initial.objects[slot] = Optional.empty();
    }
    if (entry == null) {
      String snake = Names.snake(name);
      sources.add(name.equals(snake) ? List.of(name) : List.of(name, snake));
      sources.get(slot).forEach(field -> feed(Source.Field.named(field), slot));
    } else if (entry.source() instanceof Source.Field field) {
      sources.add(List.of(field.label()));
      feed(field, slot);
    } else if (entry.source() instanceof Source.Template template) {
      if (keepsSpaces[slot]) {
        requireSeparators(entry, template);
      }
      sources.add(template.fields().stream().map(Source.Field::label).toList());
      template.fields().forEach(this::capture);
      captures.add(slot, name, template, keepsSpaces[slot]);
    } else if (entry.source() instanceof Source.Constant constant) {
      sources.add(List.of());
      readConstant(slot, entry, constant.text());
    }
  }

  private void readConstant(int slot, Mapping.Entry entry, String constant) {
    try {
      scratch.set(components[slot].getName(), constant);
      if (!constant.isEmpty()) {
        readers[slot].read(scratch, initial, slot);
        initial.states[slot] = Values.SET;
      }
    } catch (BadEvent e) {
      throw new IllegalArgumentException("'" + entry.text() + "': " + e.getMessage(), e);
    }
    values.longs[slot] = initial.longs[slot];
  }

  /** Different fields must make different texts: 1 and 23 is not 12 and 3. */
  private static void requireSeparators(Mapping.Entry entry, Source.Template template) {
    for (int i = 1; i < template.fields().size(); i++) {
      if (template.texts().get(i).isEmpty()) {
        throw new IllegalArgumentException(
            "'"
                + entry.text()
                + "': nothing stands between {"
                + template.fields().get(i - 1).label()
                + "} and {"
                + template.fields().get(i).label()
                + "}, so that 1 and 23 would be 12 and 3; write e.g. a slash between them");
      }
    }
  }

  private void feed(Source.Field field, int slot) {
    int[] slots = fields.feed(field, slot).slots();
    if (slots.length > 1 && (readers[slot].isStructured() || readers[slots[0]].isStructured())) {
      throw new IllegalArgumentException(
          "the field '"
              + field.label()
              + "' is '"
              + components[slots[0]].getName()
              + "' and '"
              + components[slot].getName()
              + "': only fields of one text can be several components");
    }
  }

  private void capture(Source.Field field) {
    int known = captures.indexOf(field);
    fields.capture(field, known < 0 ? captures.add(field) : known);
  }

  private boolean isRequired(int slot) {
    return components[slot].getType() != Optional.class && !Components.isNullable(components[slot]);
  }

  /**
   * Whether nothing that was read may be shown, because it may be personal: a file without a header
   * has values where the names of its columns should be.
   */
  boolean hides() {
    return hides;
  }

  /** The targets of the fields. */
  Fields fields() {
    return fields;
  }

  /** The record's fields, by slot: alternatives for a component, or the parts of its template. */
  List<String> sources(int slot) {
    return sources.get(slot);
  }

  /** Whether a component is built from all of its sources, and not read from one of them. */
  boolean isBuilt(int slot) {
    return captures.builds(slot);
  }

  /** The required components. */
  int[] required() {
    return required.clone();
  }

  /** The name of a component. */
  String component(int slot) {
    return components[slot].getName();
  }

  Class<T> type() {
    return type;
  }

  /** Starts the next event. */
  void begin() {
    values.reset(initial);
    captures.clear();
  }

  /** Takes a field's text. */
  void scalar(Fields.Target target, Text text) throws BadEvent {
    if (target.capture() >= 0) {
      captures.take(target.capture(), text);
    }
    int start = text.start;
    int end = text.end;
    for (int slot : target.slots()) {
      text.start = start;
      text.end = end;
      read(slot, text);
    }
  }

  /** The usual kind of a field's value, if the field is read into exactly one component. */
  enum Plain {
    /** A non-empty ASCII text. */
    TEXT,
    /** Digits. */
    WHOLE,
    /** True or false. */
    TRUTH,
    /** Not read directly from the bytes. */
    NONE
  }

  /** How a field's value can be read directly from the bytes. */
  Plain plain(Fields.@Nullable Target target) {
    if (target == null || target.slots().length != 1 || target.capture() >= 0) {
      return Plain.NONE;
    }
    ComponentReader reader = readers[target.slots()[0]];
    if (reader instanceof TextReaders.Strings) {
      return Plain.TEXT;
    }
    if (reader instanceof NumberReaders.Whole whole && whole.hasNoDecimals()) {
      return Plain.WHOLE;
    }
    return reader instanceof NumberReaders.Truth ? Plain.TRUTH : Plain.NONE;
  }

  /** Takes a {@link Plain#TEXT}, not empty. */
  void text(Fields.Target target, byte[] bytes, int start, int end) {
    int slot = target.slots()[0];
    values.objects[slot] = ((TextReaders.Strings) readers[slot]).ascii(bytes, start, end);
    values.states[slot] = Values.SET;
  }

  /** Takes a {@link Plain#WHOLE} of up to 18 digits; false if it is out of range. */
  boolean whole(Fields.Target target, byte[] bytes, int start, int end) {
    int slot = target.slots()[0];
    values.states[slot] = Values.SET;
    return ((NumberReaders.Whole) readers[slot]).readDigits(bytes, start, end, values, slot);
  }

  /** Takes a {@link Plain#TRUTH}. */
  void truth(Fields.Target target, boolean value) {
    int slot = target.slots()[0];
    values.longs[slot] = value ? 1 : 0;
    values.states[slot] = Values.SET;
  }

  private void read(int slot, Text text) throws BadEvent {
    ComponentReader reader = readers[slot];
    if (!keepsSpaces[slot]) {
      text.trim();
    }
    if (text.isEmpty()) {
      values.objects[slot] = initial.objects[slot];
      values.states[slot] = Values.EMPTY;
      return;
    }
    values.states[slot] = Values.SET;
    // Most components are these two: the compiler inlines a call whose class it knows.
    if (reader instanceof TextReaders.Strings strings) {
      values.objects[slot] = strings.text(text);
    } else if (reader instanceof NumberReaders.Whole whole) {
      whole.read(text, values, slot);
    } else {
      reader.read(text, values, slot);
    }
  }

  /** Takes a field that is null; components read from within it are absent. */
  void nothing(Fields.Target target) {
    if (target.inner() != null) {
      target.inner().targets().forEach(this::absent);
      return;
    }
    empty(target, Values.NULL);
  }

  private void absent(Fields.Target target) {
    if (target.inner() != null) {
      target.inner().targets().forEach(this::absent);
    }
    empty(target, Values.ABSENT);
  }

  private void empty(Fields.Target target, byte state) {
    if (target.capture() >= 0) {
      captures.forget(target.capture());
    }
    for (int slot : target.slots()) {
      values.objects[slot] = initial.objects[slot];
      values.states[slot] = state;
    }
  }

  /** Takes a field that is an object or an array; the parser is at its first token. */
  void structured(Fields.Target target, JsonParser json, Text text) throws BadEvent, IOException {
    if (target.capture() >= 0) {
      throw new BadEvent(
          Reason.WRONG_TYPE, target.label() + " is an object or an array: a template takes text");
    }
    for (int slot : target.slots()) {
      text.field = target.label();
      readers[slot].read(json, text, values, slot);
      values.states[slot] = Values.SET;
    }
  }

  /** Creates the record from the taken fields. */
  T finish() throws BadEvent {
    for (Captures.Built built : captures.built()) {
      if (captures.build(built, path, scratch)) {
        read(built.slot(), scratch);
      }
    }
    for (int slot : required) {
      if (values.states[slot] != Values.SET) {
        throw missing(slot);
      }
    }
    return make();
  }

  private BadEvent missing(int slot) {
    String what =
        switch (values.states[slot]) {
          case Values.NULL -> " is null";
          case Values.EMPTY -> " is empty";
          default -> " is missing";
        };
    List<String> from = sources.get(slot);
    String name = components[slot].getName();
    if (isBuilt(slot)) {
      String fields = path + String.join(" and ", from) + (from.size() > 1 ? " are" : " is");
      return new BadEvent(Reason.MISSING_FIELD, fields + " missing: " + name + " is made of that");
    }
    String of = from.contains(name) ? "" : ": " + name + " is read from it";
    return new BadEvent(Reason.MISSING_FIELD, path + String.join(" or ", from) + what + of);
  }

  /**
   * Calls the constructor: an {@link IllegalArgumentException} refuses the event, any other
   * exception is a bug.
   */
  private T make() throws BadEvent {
    try {
      return type.cast(maker.make(values));
    } catch (IllegalArgumentException e) {
      throw new BadEvent(Reason.INVALID, path + e.getMessage());
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      throw new EventBug(type, path, e);
    }
  }
}
