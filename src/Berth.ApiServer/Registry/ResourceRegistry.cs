using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;
using Berth.ApiServer.Watch;

namespace Berth.ApiServer.Registry;

/// <summary>One kind's stored objects, whatever the kind is; <see cref="ResourceRegistry{T}"/> is the whole of it.</summary>
public abstract class ResourceRegistry(KindInfo kind, RegistryServices services) : ISelectable
{
    public KindInfo Kind { get; } = kind;

    public RegistryServices Services { get; } = services;

    public WatchCache Cache { get; } = new(
        kind, $"/registry/{(kind.Group.Length == 0 ? "core" : kind.Group)}/{kind.Plural}/", services.Transformer);

    public abstract string? FieldOf(IApiObject value, string path);

    public abstract bool IsSelectable(string path);

    /// <summary>Sees at least every write that was acknowledged before the call.</summary>
    public async ValueTask<CachedObject?> FindAsync(ObjectKey key, CancellationToken cancellation)
    {
        await Services.Hub.WaitForLatestAsync(cancellation).ConfigureAwait(false);
        return Cache.Current.Get(key);
    }

    /// <summary>The whole of a delete: preconditions, grace, finalizers.</summary>
    public abstract Task<DeleteResult> DeleteAsync(ObjectKey key, DeleteOptions options, WriteContext context);
}

/// <summary>How a delete ended.</summary>
/// <param name="Object">The object as it was last.</param>
/// <param name="IsGone">False while it waits for its grace period or its finalizers.</param>
public sealed record DeleteResult(CachedObject Object, bool IsGone);
