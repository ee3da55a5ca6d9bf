using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Storage.V1;
using Berth.Client;
using Berth.Client.Informers;
using Berth.Resources.Volumes;

namespace Berth.Controllers.Volumes;

/// <summary>Keeps VolumeAttributesClasses that are deleted until no claim and no volume names them.</summary>
public sealed class AttributesClassProtectionController : Controller
{
    public const string Finalizer = "kubernetes.io/vac-protection";

    private const string ByClass = "volumeAttributesClass";

    private readonly Informer<VolumeAttributesClass> _classes;
    private readonly Informer<PersistentVolumeClaim> _claims;
    private readonly Informer<PersistentVolume> _volumes;

    public AttributesClassProtectionController(ControllerContext context)
        : base(context, "volumeattributesclass-protection-controller", workers: 1)
    {
        _classes = context.Informers.For<VolumeAttributesClass>();
        _claims = context.Informers.For<PersistentVolumeClaim>();
        _volumes = context.Informers.For<PersistentVolume>();
        _claims.Cache.AddIndex(ByClass, AttributesClasses.Of);
        _volumes.Cache.AddIndex(ByClass, AttributesClasses.Of);
        _classes.AddHandler(Enqueue, (_, changed) => Enqueue(changed));
        _claims.AddHandler(updated: (old, _) => Wake(AttributesClasses.Of(old)), deleted: claim => Wake(AttributesClasses.Of(claim)));
        _volumes.AddHandler(updated: (old, _) => Wake(AttributesClasses.Of(old)), deleted: volume => Wake(AttributesClasses.Of(volume)));
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_classes.Cache.Get(key) is not { } found)
            return;
        var finalizers = found.Metadata.Finalizers;
        if (found.Metadata.DeletionTimestamp is null && !finalizers.Contains(Finalizer))
            finalizers = finalizers.Add(Finalizer);
        else if (found.Metadata.DeletionTimestamp is not null && finalizers.Contains(Finalizer) && !await IsUsedAsync(key.Name, ct).ConfigureAwait(false))
            finalizers = finalizers.Where(f => f != Finalizer).ToApiList();
        if (!finalizers.Equals(found.Metadata.Finalizers))
            await Client.UpdateAsync(found with { Metadata = found.Metadata with { Finalizers = finalizers } }, ct: ct).ConfigureAwait(false);
    }

    // The caches may lag behind a claim that was just made; its volume must not be provisioned from a class that goes.
    private async Task<bool> IsUsedAsync(string name, CancellationToken ct) =>
        _volumes.Cache.ByIndex(ByClass, name).Count > 0
        || _claims.Cache.ByIndex(ByClass, name).Count > 0
        || (await Client.ListAsync<PersistentVolume>(ct: ct).ConfigureAwait(false)).Items.Any(v => AttributesClasses.Of(v).Contains(name))
        || (await Client.ListAsync<PersistentVolumeClaim>(ct: ct).ConfigureAwait(false)).Items.Any(c => AttributesClasses.Of(c).Contains(name));

    private void Wake(IEnumerable<string> names)
    {
        foreach (var name in names)
            Queue.Add(new ObjectKey("", name));
    }
}
