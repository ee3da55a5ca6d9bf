using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;
using Berth.ApiServer.Watch;

namespace Berth.ApiServer.Registry;

/// <summary>One kind's stored objects, whatever the kind is; <see cref="ResourceRegistry{T}"/> is the whole of it.</summary>
/// <param name="cache">Shared with other versions of the kind; null: its own.</param>
public abstract class ResourceRegistry(KindInfo kind, RegistryServices services, WatchCache? cache = null) : ISelectable
{
    public KindInfo Kind { get; } = kind;

    public RegistryServices Services { get; } = services;

    public WatchCache Cache { get; } = cache ?? new(kind, PrefixOf(kind), services.Transformer);

    /// <summary>How stored objects look under <see cref="Kind"/>; null: as they are.</summary>
    public virtual ObjectView? View => null;

    public static string PrefixOf(KindInfo kind) => $"/registry/{(kind.Group.Length == 0 ? "core" : kind.Group)}/{kind.Plural}/";

    public abstract string? FieldOf(IApiObject value, string path);

    public abstract bool IsSelectable(string path);

    /// <summary>Sees at least every write that was acknowledged before the call.</summary>
    public async ValueTask<CachedObject?> FindAsync(ObjectKey key, CancellationToken cancellation)
    {
        await Services.Hub.WaitForLatestAsync(cancellation).ConfigureAwait(false);
        return Cache.Current.Get(key) is { } found ? await ShowAsync(found, cancellation).ConfigureAwait(false) : null;
    }

    /// <summary>A stored object under <see cref="Kind"/>.</summary>
    public ValueTask<CachedObject> ShowAsync(CachedObject stored, CancellationToken cancellation) =>
        View is { } view ? view.ShowAsync(stored, cancellation) : new(stored);

    /// <summary>The whole of a delete: preconditions, grace, finalizers.</summary>
    public abstract Task<DeleteResult> DeleteAsync(ObjectKey key, DeleteOptions options, WriteContext context);
}

/// <summary>How a delete ended.</summary>
/// <param name="Object">The object as it was last.</param>
/// <param name="IsGone">False while it waits for its grace period or its finalizers.</param>
public sealed record DeleteResult(CachedObject Object, bool IsGone);
