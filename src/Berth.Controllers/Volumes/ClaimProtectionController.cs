using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client.Informers;

namespace Berth.Controllers.Volumes;

/// <summary>Keeps claims that are deleted until no pod uses them.</summary>
public sealed class ClaimProtectionController : Controller
{
    public const string Finalizer = "kubernetes.io/pvc-protection";

    private readonly Informer<PersistentVolumeClaim> _claims;
    private readonly Informer<Pod> _pods;

    public ClaimProtectionController(ControllerContext context)
        : base(context, "pvc-protection-controller", workers: 2)
    {
        _claims = context.Informers.For<PersistentVolumeClaim>();
        _pods = context.Informers.For<Pod>();
        ClaimUse.Index(_pods);
        _claims.AddHandler(Enqueue, (_, claim) => Enqueue(claim));
        _pods.AddHandler(deleted: Wake);
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_claims.Cache.Get(key) is not { } claim)
            return;
        var protectedNow = claim.Metadata.Finalizers.Contains(Finalizer);
        if (claim.Metadata.DeletionTimestamp is null && !protectedNow)
        {
            await Client.UpdateAsync(claim with { Metadata = claim.Metadata with { Finalizers = claim.Metadata.Finalizers.Add(Finalizer) } }, ct: ct).ConfigureAwait(false);
            return;
        }

        if (claim.Metadata.DeletionTimestamp is null || !protectedNow || IsUsed(ClaimUse.PodsOf(_pods, key)))
            return;
        // The cache may lag behind a pod that was just bound to a node; what it holds must not be pulled away.
        var listed = await Client.ListAsync<Pod>(key.Namespace, ct: ct).ConfigureAwait(false);
        if (IsUsed(listed.Items.Where(p => ClaimUse.ClaimsOf(p).Contains(key))))
            return;
        await Client.UpdateAsync(claim with { Metadata = claim.Metadata with { Finalizers = claim.Metadata.Finalizers.Where(f => f != Finalizer).ToApiList() } }, ct: ct).ConfigureAwait(false);
    }

    // A pod without a node has nothing mounted, and will not start when the claim is gone.
    private static bool IsUsed(IEnumerable<Pod> pods) => pods.Any(p => p.Spec.NodeName.Length > 0);

    private void Wake(Pod pod)
    {
        foreach (var key in ClaimUse.ClaimsOf(pod))
            Queue.Add(key);
    }
}
