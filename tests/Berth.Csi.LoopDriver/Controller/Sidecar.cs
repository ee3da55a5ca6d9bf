using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Storage.V1;
using Berth.Client;
using Berth.Client.Informers;
using Berth.Node.Cri;
using Berth.Node.Volumes.Csi.V1;
using Berth.Resources.Volumes;
using Google.Protobuf;
using ApiVolume = Berth.Api.Core.V1.PersistentVolume;
using IMessage = Google.Protobuf.IMessage;

namespace Berth.Csi.LoopDriver.Controller;

/// <summary>
/// What the standard sidecars do beside a driver's controller part: provisioner, attacher and resizer. They speak to it over
/// its socket, and to the cluster by its API alone. Every change brings one pass over everything: a test's cluster is small.
/// </summary>
public sealed class Sidecar : IDisposable
{
    private static readonly TimeSpan _retry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _callLimit = TimeSpan.FromSeconds(15);

    private readonly DriverOptions _options;
    private readonly IClusterClient _client;
    private readonly GrpcChannel _channel;
    private readonly InformerFactory _informers;
    private readonly Informer<PersistentVolumeClaim> _claims;
    private readonly Informer<ApiVolume> _volumes;
    private readonly Informer<StorageClass> _classes;
    private readonly Informer<VolumeAttachment> _attachments;
    private readonly Informer<CSINode> _nodes;
    private readonly SemaphoreSlim _changed = new(0);

    public Sidecar(DriverOptions options, IClusterClient client)
    {
        _options = options;
        _client = client;
        _channel = new GrpcChannel(options.Socket, TimeProvider.System);
        _informers = new InformerFactory(client);
        _claims = _informers.For<PersistentVolumeClaim>();
        _volumes = _informers.For<ApiVolume>();
        _classes = _informers.For<StorageClass>();
        _attachments = _informers.For<VolumeAttachment>();
        _nodes = _informers.For<CSINode>();
        _claims.AddHandler(_ => Wake(), (_, _) => Wake());
        _volumes.AddHandler(_ => Wake(), (_, _) => Wake());
        _attachments.AddHandler(_ => Wake(), (_, _) => Wake());
        _nodes.AddHandler(_ => Wake(), (_, _) => Wake());
    }

    private string Finalizer => "external-attacher/" + _options.Name.Replace('.', '-');

    public async Task RunAsync(CancellationToken ct)
    {
        var informers = _informers.RunAsync(ct);
        await _informers.WaitForSyncAsync(ct);
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (await PassAsync(ct))
                    await _changed.WaitAsync(ct);
                else
                    await Task.Delay(_retry, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                break;
            }
        }

        await informers.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _channel.Dispose();
        _changed.Dispose();
    }

    private void Wake() => _changed.Release();

    /// <returns>False when something is to be tried again.</returns>
    private async Task<bool> PassAsync(CancellationToken ct)
    {
        var done = true;
        foreach (var attachment in _attachments.Cache.List().Where(a => a.Spec.Attacher == _options.Name))
            done &= await TryAsync(() => AttachAsync(attachment, ct));
        foreach (var claim in _claims.Cache.List().Where(c => c.Metadata.DeletionTimestamp is null))
            done &= await TryAsync(() => claim.Spec.VolumeName.Length == 0 ? ProvisionAsync(claim, ct) : ResizeAsync(claim, ct));
        foreach (var volume in _volumes.Cache.List().Where(v => v.Metadata.Annotations.GetOr(VolumeNames.ProvisionedBy) == _options.Name))
            done &= await TryAsync(() => ReclaimAsync(volume, ct));
        return done;
    }

    private static async Task<bool> TryAsync(Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception error) when (error is ApiException or GrpcException or HttpRequestException or IOException)
        {
            return false;
        }
    }

    private async Task ProvisionAsync(PersistentVolumeClaim claim, CancellationToken ct)
    {
        if (claim.Metadata.Annotations.GetOr(VolumeNames.StorageProvisioner) != _options.Name || _classes.Cache.Get("", VolumeMatch.ClassOf(claim)) is not { } storage)
            return;
        var selected = claim.Metadata.Annotations.GetOr(VolumeNames.SelectedNode, "")!;
        var name = "pvc-" + claim.Metadata.Uid;
        if ((selected.Length == 0 && storage.VolumeBindingMode == "WaitForFirstConsumer") || _volumes.Cache.Get("", name) is not null)
            return;
        var request = new CreateVolumeRequest { Name = name, CapacityRange = new CapacityRange { RequiredBytes = claim.Spec.Resources.Requests["storage"].Value } };
        request.Parameters.Add(storage.Parameters.Where(p => !p.Key.StartsWith("csi.storage.k8s.io/", StringComparison.Ordinal)).ToDictionary(p => p.Key, p => p.Value));
        var made = (await CallAsync("CreateVolume", request, CreateVolumeResponse.Parser, ct)).Volume;
        var topology = made.AccessibleTopology.Select(t => new NodeSelectorTerm
        {
            MatchExpressions = t.Segments.Select(s => new NodeSelectorRequirement { Key = s.Key, Operator = "In", Values = [s.Value] }).ToApiList(),
        }).ToApiList();
        try
        {
            await _client.CreateAsync(
                new ApiVolume
                {
                    Metadata = new() { Name = name, Annotations = ApiMap.Of((VolumeNames.ProvisionedBy, _options.Name)), Finalizers = ["external-provisioner.volume.kubernetes.io/finalizer"] },
                    Spec = new PersistentVolumeSpec
                    {
                        Capacity = ApiMap<Quantity>.Empty.With("storage", Quantity.FromBytes(made.CapacityBytes)),
                        AccessModes = claim.Spec.AccessModes,
                        PersistentVolumeReclaimPolicy = storage.ReclaimPolicy ?? "Delete",
                        StorageClassName = storage.Metadata.Name,
                        VolumeMode = claim.Spec.VolumeMode ?? "Filesystem",
                        MountOptions = storage.MountOptions,
                        ClaimRef = new ObjectReference { ApiVersion = "v1", Kind = "PersistentVolumeClaim", Namespace = claim.Metadata.Namespace, Name = claim.Metadata.Name, Uid = claim.Metadata.Uid },
                        NodeAffinity = topology.IsEmpty ? null : new VolumeNodeAffinity { Required = new NodeSelector { NodeSelectorTerms = topology } },
                        Csi = new CSIPersistentVolumeSource
                        {
                            Driver = _options.Name,
                            VolumeHandle = made.VolumeId,
                            FsType = storage.Parameters.GetOr("csi.storage.k8s.io/fstype", "ext4")!,
                            VolumeAttributes = made.VolumeContext.ToApiMap(),
                        },
                    },
                },
                ct: ct);
        }
        catch (ApiException error) when (error.IsAlreadyExists)
        {
            // The cache was behind.
        }
    }

    private async Task ReclaimAsync(ApiVolume volume, CancellationToken ct)
    {
        if (volume.Status.Phase == "Released" && volume.Spec.PersistentVolumeReclaimPolicy == "Delete" && volume.Metadata.DeletionTimestamp is null)
        {
            await CallAsync("DeleteVolume", new DeleteVolumeRequest { VolumeId = volume.Spec.Csi!.VolumeHandle }, DeleteVolumeResponse.Parser, ct);
            await _client.DeleteAsync<ApiVolume>(null, volume.Metadata.Name, ct: ct);
            return;
        }

        var rest = volume.Metadata.Finalizers.Where(f => !f.StartsWith("external-provisioner", StringComparison.Ordinal)).ToApiList();
        if (volume.Metadata.DeletionTimestamp is not null && rest.Count < volume.Metadata.Finalizers.Count)
            await _client.UpdateAsync(volume with { Metadata = volume.Metadata with { Finalizers = rest } }, ct: ct);
    }

    private async Task AttachAsync(VolumeAttachment attachment, CancellationToken ct)
    {
        var finalizers = attachment.Metadata.Finalizers;
        var csi = _volumes.Cache.Get("", attachment.Spec.Source.PersistentVolumeName ?? "")?.Spec.Csi;
        var nodeId = _nodes.Cache.Get("", attachment.Spec.NodeName)?.Spec.Drivers.FirstOrDefault(d => d.Name == _options.Name)?.NodeID;
        if (attachment.Metadata.DeletionTimestamp is not null)
        {
            if (!finalizers.Contains(Finalizer))
                return;
            if (csi is not null)
            {
                var request = new ControllerUnpublishVolumeRequest { VolumeId = csi.VolumeHandle, NodeId = nodeId ?? "id-of-" + attachment.Spec.NodeName };
                await CallAsync("ControllerUnpublishVolume", request, ControllerUnpublishVolumeResponse.Parser, ct);
            }

            await _client.UpdateAsync(attachment with { Metadata = attachment.Metadata with { Finalizers = finalizers.Where(f => f != Finalizer).ToApiList() } }, ct: ct);
            return;
        }

        if (attachment.Status.Attached || csi is null || nodeId is null)
            return;
        if (!finalizers.Contains(Finalizer))
            attachment = await _client.UpdateAsync(attachment with { Metadata = attachment.Metadata with { Finalizers = finalizers.Add(Finalizer) } }, ct: ct);
        try
        {
            var answer = await CallAsync("ControllerPublishVolume", new ControllerPublishVolumeRequest { VolumeId = csi.VolumeHandle, NodeId = nodeId }, ControllerPublishVolumeResponse.Parser, ct);
            await _client.UpdateStatusAsync(
                attachment with { Status = new VolumeAttachmentStatus { Attached = true, AttachmentMetadata = answer.PublishContext.ToApiMap() } }, ct: ct);
        }
        catch (GrpcException error)
        {
            if (attachment.Status.AttachError?.Message != error.Message)
            {
                var failed = new VolumeError { Message = error.Message, Time = TimeProvider.System.GetUtcNow() };
                await _client.UpdateStatusAsync(attachment with { Status = new VolumeAttachmentStatus { AttachError = failed } }, ct: ct);
            }

            throw;
        }
    }

    /// <summary>1. The claim says what is being done. 2. The volume grows. 3. The claim says that the node is next.</summary>
    private async Task ResizeAsync(PersistentVolumeClaim claim, CancellationToken ct)
    {
        var wanted = claim.Spec.Resources.Requests.GetOr("storage");
        if (claim.Status.Phase != "Bound" || _volumes.Cache.Get("", claim.Spec.VolumeName) is not { Spec.Csi: { } csi } volume || csi.Driver != _options.Name)
            return;
        if (wanted <= claim.Status.Capacity.GetOr("storage") || wanted <= VolumeMatch.Capacity(volume))
            return;
        // 1.
        claim = await _client.UpdateStatusAsync(claim with { Status = Marked(claim.Status, "Resizing", "ControllerResizeInProgress", wanted) }, ct: ct);
        // 2.
        var request = new ControllerExpandVolumeRequest { VolumeId = csi.VolumeHandle, CapacityRange = new CapacityRange { RequiredBytes = wanted.Value } };
        await CallAsync("ControllerExpandVolume", request, ControllerExpandVolumeResponse.Parser, ct);
        await _client.UpdateAsync(volume with { Spec = volume.Spec with { Capacity = volume.Spec.Capacity.With("storage", wanted) } }, ct: ct);
        // 3.
        await _client.UpdateStatusAsync(claim with { Status = Marked(claim.Status, "FileSystemResizePending", "NodeResizePending", wanted) }, ct: ct);
    }

    private static PersistentVolumeClaimStatus Marked(PersistentVolumeClaimStatus status, string condition, string state, Quantity wanted) => status with
    {
        AllocatedResources = status.AllocatedResources.With("storage", wanted),
        AllocatedResourceStatuses = status.AllocatedResourceStatuses.With("storage", state),
        Conditions =
        [
            .. status.Conditions.Where(c => c.Type is not ("Resizing" or "FileSystemResizePending")),
            new PersistentVolumeClaimCondition { Type = condition, Status = "True", LastTransitionTime = TimeProvider.System.GetUtcNow() },
        ],
    };

    private Task<T> CallAsync<T>(string method, IMessage request, MessageParser<T> parser, CancellationToken ct)
        where T : class, Google.Protobuf.IMessage<T> => _channel.UnaryAsync("/csi.v1.Controller/" + method, request, parser, _callLimit, ct);
}
