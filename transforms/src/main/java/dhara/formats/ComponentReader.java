package dhara.formats;

import com.fasterxml.jackson.core.JsonParser;
import dhara.events.DeadLetter.Reason;
import dhara.formats.text.BadEvent;
import dhara.formats.text.Text;
import dhara.tokens.Tokeniser;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads one component into its slot. It has scratch space, so it belongs to one parser and one
 * thread. The caller decides whether a component may be missing.
 */
abstract class ComponentReader {

  /** The message for a value that the component does not accept: {@code is no whole number}. */
  abstract String refusal();

  /** Reads a non-empty text. */
  abstract void read(Text text, Values values, int slot) throws BadEvent;

  /** Whether the component is read from objects or arrays. */
  boolean isStructured() {
    return false;
  }

  /** Whether spaces around the text are part of it. */
  boolean keepsSpaces() {
    return false;
  }

  /** Reads an object or an array; the parser is at its first token. */
  void read(JsonParser json, Text text, Values values, int slot) throws BadEvent, IOException {
    String found = json.isExpectedStartObjectToken() ? "an object" : "an array";
    throw new BadEvent(Reason.WRONG_TYPE, text.field + " is " + found + ": it " + refusal());
  }

  /** The same with a token instead of the text; empty if it does not read a text. */
  Optional<ComponentReader> tokenised(Tokeniser tokeniser) {
    return Optional.empty();
  }

  /** The value of a slot, as an object. */
  Object boxed(Values values, int slot) {
    return Objects.requireNonNull(values.objects[slot]);
  }

  /** Reads a boxed value, or a value within an Optional. */
  static final class Boxed extends ComponentReader {
    private final ComponentReader inner;
    private final java.util.function.UnaryOperator<Object> wrap;

    Boxed(ComponentReader inner, java.util.function.UnaryOperator<Object> wrap) {
      this.inner = inner;
      this.wrap = wrap;
    }

    @Override
    String refusal() {
      return inner.refusal();
    }

    @Override
    boolean isStructured() {
      return inner.isStructured();
    }

    @Override
    boolean keepsSpaces() {
      return inner.keepsSpaces();
    }

    @Override
    Optional<ComponentReader> tokenised(Tokeniser tokeniser) {
      return inner.tokenised(tokeniser).map(reader -> new Boxed(reader, wrap));
    }

    @Override
    void read(Text text, Values values, int slot) throws BadEvent {
      inner.read(text, values, slot);
      values.objects[slot] = wrap.apply(inner.boxed(values, slot));
    }

    @Override
    void read(JsonParser json, Text text, Values values, int slot) throws BadEvent, IOException {
      inner.read(json, text, values, slot);
      values.objects[slot] = wrap.apply(inner.boxed(values, slot));
    }
  }

  /** Reads a scalar as an object, from its text. */
  abstract static class OfObject<T> extends ComponentReader {

    /** The value; null if the text is not valid. */
    abstract @Nullable T value(Text text) throws BadEvent;

    @Override
    final void read(Text text, Values values, int slot) throws BadEvent {
      T value = value(text);
      if (value == null) {
        throw text.bad(Reason.WRONG_TYPE, refusal());
      }
      values.objects[slot] = value;
    }
  }
}
