package dhara.serving.shop;

import dhara.serving.views.ServedViews;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The views of a store, where one method throws an error as long as a test wants it to, as when the
 * heap is full, or takes as long.
 */
public final class FailingViews {

  private final AtomicReference<Error> error = new AtomicReference<>();
  private final AtomicReference<CountDownLatch> slow = new AtomicReference<>(new CountDownLatch(0));
  private final ServedViews views;

  public FailingViews(ServedViews store, String failing) {
    this.views =
        (ServedViews)
            Proxy.newProxyInstance(
                ServedViews.class.getClassLoader(),
                new Class<?>[] {ServedViews.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals(failing)) {
                    slow.get().await();
                    Error thrown = error.get();
                    if (thrown != null) {
                      throw thrown;
                    }
                  }
                  try {
                    return method.invoke(store, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
  }

  /** The views. */
  public ServedViews views() {
    return views;
  }

  /** From now on the method fails. */
  public void fail() {
    error.set(new OutOfMemoryError("the heap is full, says the test"));
  }

  /** From now on the method does not return. */
  public void hold() {
    slow.set(new CountDownLatch(1));
  }

  /** From now on it works again, and whoever was held goes on. */
  public void mend() {
    error.set(null);
    slow.get().countDown();
  }
}
