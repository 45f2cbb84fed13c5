package dhara.transforms.aggregate;

import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.NonMergingWindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/** Assigns an answer to its own window. */
final class AnswerWindows extends NonMergingWindowFn<Answer<?, ?>, IntervalWindow> {

  private static final long serialVersionUID = 1L;

  @Override
  public Collection<IntervalWindow> assignWindows(AssignContext context) {
    Answer<?, ?> answer = context.element();
    return List.of(
        new IntervalWindow(
            Instant.ofEpochMilli(answer.start().toEpochMilli()),
            Instant.ofEpochMilli(answer.end().toEpochMilli())));
  }

  @Override
  @Deprecated
  public boolean isCompatible(WindowFn<?, ?> other) {
    return other instanceof AnswerWindows;
  }

  @Override
  public Coder<IntervalWindow> windowCoder() {
    return IntervalWindow.getCoder();
  }

  @Override
  public WindowMappingFn<IntervalWindow> getDefaultWindowMappingFn() {
    throw new UnsupportedOperationException("answers in their windows are no side input");
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AnswerWindows;
  }

  @Override
  public int hashCode() {
    return AnswerWindows.class.hashCode();
  }
}
