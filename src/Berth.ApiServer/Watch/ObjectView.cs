namespace Berth.ApiServer.Watch;

/// <summary>Shows stored objects as another kind or version than the one they are stored in. Safe for concurrent use.</summary>
public abstract class ObjectView
{
    /// <summary>One for each of the given, in their order.</summary>
    public abstract ValueTask<IReadOnlyList<CachedObject>> ShowAsync(IReadOnlyList<CachedObject> stored, CancellationToken cancellation);

    public async ValueTask<CachedObject> ShowAsync(CachedObject stored, CancellationToken cancellation) =>
        (await ShowAsync([stored], cancellation).ConfigureAwait(false))[0];
}

/// <summary>A view that needs nothing but the object itself.</summary>
public sealed class DelegateView(Func<CachedObject, CachedObject> show) : ObjectView
{
    public override ValueTask<IReadOnlyList<CachedObject>> ShowAsync(IReadOnlyList<CachedObject> stored, CancellationToken cancellation) =>
        new([.. stored.Select(show)]);
}
