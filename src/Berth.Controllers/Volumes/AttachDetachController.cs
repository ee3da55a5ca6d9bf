using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Storage.V1;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Resources.Volumes;

namespace Berth.Controllers.Volumes;

/// <summary>
/// Asks drivers to attach volumes to the nodes whose pods use them, by VolumeAttachments, and to detach them when no pod
/// does and the node has let go. One reconciliation is one node.
/// </summary>
/// <remarks>
/// A node that uses a volume says so in its status before it touches it, and is believed; only a node that is out of
/// service, or unreachable for six minutes, is passed over, as a volume must not be on two nodes at once.
/// </remarks>
public sealed class AttachDetachController : Controller
{
    private const string OutOfService = "node.kubernetes.io/out-of-service";
    private const string ByNode = "node";
    private const string ByVolume = "volume";

    // Kubernetes' own limit: longer than any node needs to unmount, shorter than what people wait for.
    private static readonly TimeSpan _forceAfter = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan _retry = TimeSpan.FromSeconds(5);

    private readonly Informer<Pod> _pods;
    private readonly Informer<Node> _nodes;
    private readonly Informer<PersistentVolumeClaim> _claims;
    private readonly Informer<PersistentVolume> _volumes;
    private readonly Informer<CSIDriver> _drivers;
    private readonly Informer<VolumeAttachment> _attachments;
    private readonly EventRecorder _events;

    public AttachDetachController(ControllerContext context)
        : base(context, "attachdetach-controller", workers: 4)
    {
        _events = context.Events(Name);
        _pods = context.Informers.For<Pod>();
        _nodes = context.Informers.For<Node>();
        _claims = context.Informers.For<PersistentVolumeClaim>();
        _volumes = context.Informers.For<PersistentVolume>();
        _drivers = context.Informers.For<CSIDriver>();
        _attachments = context.Informers.For<VolumeAttachment>();
        ClaimUse.Index(_pods);
        _pods.Cache.AddIndex(ByNode, static p => p.Spec.NodeName.Length > 0 ? [p.Spec.NodeName] : []);
        _attachments.Cache.AddIndex(ByNode, static a => [a.Spec.NodeName]);
        _attachments.Cache.AddIndex(ByVolume, static a => a.Spec.Source.PersistentVolumeName is { } name ? [name] : []);
        _pods.AddHandler(PodSeen, (_, pod) => PodSeen(pod), PodSeen);
        _claims.AddHandler(ClaimSeen, (_, claim) => ClaimSeen(claim));
        _nodes.AddHandler(Enqueue, NodeChanged, NodeGone);
        _attachments.AddHandler(AttachmentSeen, (_, attachment) => AttachmentSeen(attachment), AttachmentGone);
        _drivers.AddHandler(_ => EnqueueNodes(), (_, _) => EnqueueNodes(), _ => EnqueueNodes());
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        var nodeName = key.Name;
        var node = _nodes.Cache.Get(key);
        var wanted = node is null ? [] : Wanted(nodeName);
        var there = _attachments.Cache.ByIndex(ByNode, nodeName).Where(IsOurs).ToDictionary(a => a.Metadata.Name);

        foreach (var (name, use) in wanted)
        {
            if (!there.TryGetValue(name, out var attachment))
                await AttachAsync(key, name, use, ct).ConfigureAwait(false);
            else
                Tell(use, attachment);
        }

        foreach (var attachment in there.Values.Where(a => !wanted.ContainsKey(a.Metadata.Name) && a.Metadata.DeletionTimestamp is null))
        {
            if (MayDetach(node, attachment))
                await DetachAsync(attachment, ct).ConfigureAwait(false);
            else
                Queue.AddAfter(key, _retry);
        }

        if (node is not null)
            await TellNodeAsync(node, there.Values, ct).ConfigureAwait(false);
    }

    /// <summary>Volumes that the node's pods use and that have to be attached, by the name of their attachment.</summary>
    private Dictionary<string, Use> Wanted(string nodeName)
    {
        var wanted = new Dictionary<string, Use>(StringComparer.Ordinal);
        foreach (var pod in _pods.Cache.ByIndex(ByNode, nodeName))
        {
            // The agent takes a pod's volumes away once its containers have ended.
            if (pod.Status.Phase is "Succeeded" or "Failed")
                continue;
            foreach (var used in PodClaim.Of(pod))
            {
                if (_claims.Cache.Get(used.Key) is not { Spec.VolumeName.Length: > 0 } claim || (used.Ephemeral && !PodClaim.IsOwnedBy(claim, pod)))
                    continue;
                if (_volumes.Cache.Get("", claim.Spec.VolumeName) is not { Spec.Csi: { } csi } volume || !NeedsAttach(csi.Driver))
                    continue;
                var name = CsiNames.Attachment(csi.VolumeHandle, csi.Driver, nodeName);
                if (!wanted.TryGetValue(name, out var use))
                    wanted.Add(name, use = new Use(volume, csi, []));
                use.Pods.Add(pod);
            }
        }

        return wanted;
    }

    /// <summary>A driver without an object that says otherwise has to attach.</summary>
    private bool NeedsAttach(string driver) => _drivers.Cache.Get("", driver)?.Spec.AttachRequired ?? true;

    /// <summary>Attachments that others made for purposes of their own are theirs to delete.</summary>
    private bool IsOurs(VolumeAttachment attachment) =>
        attachment.Spec.Source.PersistentVolumeName is { } name
        && (_volumes.Cache.Get("", name)?.Spec.Csi is { } csi
            ? attachment.Metadata.Name == CsiNames.Attachment(csi.VolumeHandle, attachment.Spec.Attacher, attachment.Spec.NodeName)
            : attachment.Metadata.Name.StartsWith("csi-", StringComparison.Ordinal) && attachment.Metadata.Name.Length == 68);

    private async Task AttachAsync(ObjectKey key, string name, Use use, CancellationToken ct)
    {
        var nodeName = key.Name;
        if (!use.Volume.Spec.AccessModes.Any(m => m is "ReadWriteMany" or "ReadOnlyMany"))
        {
            var elsewhere = _attachments.Cache.ByIndex(ByVolume, use.Volume.Metadata.Name).FirstOrDefault(a => a.Spec.NodeName != nodeName);
            if (elsewhere is not null)
            {
                var users = Wanted(elsewhere.Spec.NodeName).TryGetValue(elsewhere.Metadata.Name, out var other)
                    ? string.Join(", ", other.Pods.Select(p => p.Metadata.Name).Order(StringComparer.Ordinal))
                    : "";
                var why = users.Length > 0 ? $"Volume is already used by pod(s) {users}" : "Volume is already exclusively attached to one node and can't be attached to another";
                foreach (var pod in use.Pods)
                    _events.Event(pod, "Warning", "FailedAttachVolume", $"Multi-Attach error for volume \"{use.Volume.Metadata.Name}\" {why}");
                Queue.AddAfter(key, _retry);
                return;
            }
        }

        try
        {
            await Client.CreateAsync(
                new VolumeAttachment
                {
                    Metadata = new() { Name = name },
                    Spec = new VolumeAttachmentSpec
                    {
                        Attacher = use.Source.Driver,
                        NodeName = nodeName,
                        Source = new VolumeAttachmentSource { PersistentVolumeName = use.Volume.Metadata.Name },
                    },
                },
                ct: ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsAlreadyExists)
        {
            // The cache is behind.
        }
    }

    private void Tell(Use use, VolumeAttachment attachment)
    {
        if (attachment.Status.Attached || attachment.Status.AttachError is not { } error)
            return;
        foreach (var pod in use.Pods)
            _events.Event(pod, "Warning", "FailedAttachVolume", $"AttachVolume.Attach failed for volume \"{use.Volume.Metadata.Name}\" : {error.Message}");
    }

    private bool MayDetach(Node? node, VolumeAttachment attachment)
    {
        if (node is null || node.Spec.Taints.Any(t => t.Key == OutOfService))
            return true;
        var inUse = attachment.Spec.Source.PersistentVolumeName is { } name && _volumes.Cache.Get("", name)?.Spec.Csi is { } csi
            ? node.Status.VolumesInUse.Contains(CsiNames.Unique(csi))
            : node.Status.VolumesInUse.Any(v => v.StartsWith($"kubernetes.io/csi/{attachment.Spec.Attacher}^", StringComparison.Ordinal));
        if (!inUse)
            return true;
        var ready = node.Status.Conditions.FirstOrDefault(c => c.Type == "Ready");
        return ready is { Status: not "True", LastTransitionTime: { } since } && Time.GetUtcNow() - since.Value > _forceAfter;
    }

    private async Task DetachAsync(VolumeAttachment attachment, CancellationToken ct)
    {
        try
        {
            await Client.DeleteAsync<VolumeAttachment>(null, attachment.Metadata.Name, ct: ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // Somebody else did.
        }
    }

    /// <summary>The node's list of what is attached to it; agents of Kubernetes wait for it before they mount.</summary>
    private async Task TellNodeAsync(Node node, IEnumerable<VolumeAttachment> attachments, CancellationToken ct)
    {
        var attached = attachments
            .Where(a => a.Status.Attached && a.Metadata.DeletionTimestamp is null)
            .Select(a => _volumes.Cache.Get("", a.Spec.Source.PersistentVolumeName!)?.Spec.Csi)
            .OfType<CSIPersistentVolumeSource>()
            .Select(csi => new AttachedVolume { Name = CsiNames.Unique(csi) })
            .OrderBy(a => a.Name, StringComparer.Ordinal)
            .ToApiList();
        if (!attached.Equals(node.Status.VolumesAttached))
            await Client.UpdateStatusAsync(node with { Status = node.Status with { VolumesAttached = attached } }, ct: ct).ConfigureAwait(false);
    }

    private void PodSeen(Pod pod)
    {
        if (pod.Spec.NodeName.Length > 0 && PodClaim.Of(pod).Any())
            Queue.Add(new ObjectKey("", pod.Spec.NodeName));
    }

    private void ClaimSeen(PersistentVolumeClaim claim)
    {
        foreach (var pod in ClaimUse.PodsOf(_pods, ObjectKey.Of(claim)))
            PodSeen(pod);
    }

    private void NodeChanged(Node old, Node node)
    {
        if (!old.Status.VolumesInUse.Equals(node.Status.VolumesInUse) || !old.Status.VolumesAttached.Equals(node.Status.VolumesAttached) || !old.Spec.Taints.Equals(node.Spec.Taints))
            Enqueue(node);
    }

    private void NodeGone(Node node) => Enqueue(node);

    private void AttachmentSeen(VolumeAttachment attachment)
    {
        Queue.Add(new ObjectKey("", attachment.Spec.NodeName));
        if (!attachment.Status.Attached || attachment.Metadata.DeletionTimestamp is not null || attachment.Spec.Source.PersistentVolumeName is not { } name)
            return;
        if (Wanted(attachment.Spec.NodeName).TryGetValue(attachment.Metadata.Name, out var use))
        {
            foreach (var pod in use.Pods.Where(p => p.Status.Phase == "Pending"))
                _events.Event(pod, "Normal", "SuccessfulAttachVolume", $"AttachVolume.Attach succeeded for volume \"{name}\" ");
        }
    }

    /// <summary>A volume that only one node may have is free for the next.</summary>
    private void AttachmentGone(VolumeAttachment attachment)
    {
        Queue.Add(new ObjectKey("", attachment.Spec.NodeName));
        if (attachment.Spec.Source.PersistentVolumeName is not { } name || _volumes.Cache.Get("", name)?.Spec.ClaimRef is not { } claim)
            return;
        foreach (var pod in ClaimUse.PodsOf(_pods, new ObjectKey(claim.Namespace, claim.Name)))
            PodSeen(pod);
    }

    private void EnqueueNodes()
    {
        foreach (var node in _nodes.Cache.List())
            Enqueue(node);
    }

    private sealed record Use(PersistentVolume Volume, CSIPersistentVolumeSource Source, List<Pod> Pods);
}
