using System.Collections.Concurrent;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Storage.V1;
using Berth.Client;
using Berth.Linux.Files;
using Berth.Linux.Mounts;
using Berth.Node.Cri;
using Berth.Node.Volumes.Csi.V1;
using Berth.Resources.Volumes;
using Volume = Berth.Api.Core.V1.Volume;

namespace Berth.Node.Volumes.Csi;

/// <summary>
/// Volumes that a CSI driver brings: waits for their attachment, has them staged once per node and published once per pod,
/// and takes both back. Everything needed to take a volume back is on disk before its driver is asked for it.
/// </summary>
/// <remarks>Calls for one volume follow each other; different volumes do not wait for each other.</remarks>
public sealed class CsiVolumes(CsiPaths paths, CsiDrivers drivers, CsiContext context, CsiExpansion expansion, VolumesInUse inUse, IClusterClient client, TimeProvider time, string nodeName)
{
    private static readonly TimeSpan _attachLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan _attachLookMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _attachLookMax = TimeSpan.FromSeconds(2);

    // How often drivers that ask for it are called again for what they show, such as renewed tokens.
    private static readonly TimeSpan _republish = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Driver, string Handle), SemaphoreSlim> _gates = new();

    /// <param name="Path">Directory, or device for a block volume.</param>
    public sealed record Result(string Path, bool Block, DateTimeOffset? RefreshAt);

    /// <summary>Takes over what an earlier agent left: its volumes count as in use until their pods are taken down.</summary>
    public void Restore()
    {
        foreach (var record in paths.AllRecords().Select(CsiRecord.Read))
        {
            if (record is { Attached: true })
                inUse.Restore(CsiNames.Unique(record.Driver, record.Handle));
        }
    }

    /// <summary>A volume of a claim.</summary>
    /// <exception cref="InvalidDataException">It cannot be had yet.</exception>
    public async Task<Result> EnsureAsync(Pod pod, PersistentVolume volume, PersistentVolumeClaim claim, bool readOnly, CancellationToken ct)
    {
        var source = volume.Spec.Csi!;
        var block = volume.Spec.VolumeMode == "Block";
        var driver = drivers.Get(source.Driver);
        var wishes = await context.DriverAsync(source.Driver, ct);
        var attach = wishes?.Spec.AttachRequired ?? true;
        var name = volume.Metadata.Name;
        var record = new CsiRecord(
            source.Driver, source.VolumeHandle, name, "Persistent", nodeName,
            block ? paths.Device(pod.Metadata.Uid, name) : paths.Mount(pod.Metadata.Uid, name),
            !driver.Stages ? "" : block ? paths.StagedDevice(name) : paths.Staged(source.Driver, source.VolumeHandle),
            block, attach, Published: false);
        var directory = paths.RecordDirectory(pod.Metadata.Uid, name);
        var path = block ? paths.Device(pod.Metadata.Uid, name) : paths.Mount(pod.Metadata.Uid, name);

        var gate = Gate(record);
        await gate.WaitAsync(ct);
        try
        {
            var known = CsiRecord.Read(directory);
            var there = known is { Published: true } && (block ? File.Exists(path) : MountTable.IsMountPoint(path));
            if (there && wishes?.Spec.RequiresRepublish != true)
                return new Result(path, block, null);

            // 1. The node says that it uses the volume, before it can be taken for unused.
            if (attach)
                await inUse.AddAsync(CsiNames.Unique(source), ct);
            IReadOnlyDictionary<string, string> publishContext = attach ? await AttachedAsync(source, ct) : ApiMap<string>.Empty;
            // 2. What is about to be there is written down.
            if (!there)
                record.Write(directory);
            var group = driver.MountsForGroup ? pod.Spec.SecurityContext?.FsGroup : null;
            var capability = CsiAccess.Capability(driver, volume.Spec.AccessModes, block, source.FsType, volume.Spec.MountOptions, group);
            // 3. Once per node.
            if (driver.Stages && !there)
                await StageAsync(driver, record, source, capability, publishContext, ct);
            // 4. Once per pod.
            var secrets = await context.SecretAsync(source.NodePublishSecretRef?.Namespace, source.NodePublishSecretRef?.Name, ct);
            var attributes = CsiContext.PodInfo(wishes, pod, source.VolumeAttributes, inline: false);
            await context.AddTokensAsync(wishes, pod, attributes, secrets, ct);
            await PublishAsync(driver, record, path, capability, publishContext, readOnly || source.ReadOnly, secrets, attributes, ct);
            if (!there && !block && !driver.MountsForGroup && !readOnly)
                ApplyGroup(pod, path, CsiAccess.AppliesGroup(wishes?.Spec.FsGroupPolicy, source.FsType, volume.Spec.AccessModes));
            (record with { Published = true }).Write(directory);
            await expansion.ExpandAsync(pod, driver, volume, claim, record, capability, ct);
            return new Result(path, block, wishes?.Spec.RequiresRepublish == true ? time.GetUtcNow() + _republish : null);
        }
        catch (GrpcException error)
        {
            throw new InvalidDataException($"rpc error: code = {error.Code} desc = {error.Detail}", error);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>A volume that the pod itself describes, and that lives as long as the pod.</summary>
    /// <exception cref="InvalidDataException">It cannot be had (yet).</exception>
    public async Task<Result> EnsureInlineAsync(Pod pod, Volume volume, CSIVolumeSource source, CancellationToken ct)
    {
        var driver = drivers.Get(source.Driver);
        var wishes = await context.DriverAsync(source.Driver, ct);
        if (wishes?.Spec.VolumeLifecycleModes.Contains("Ephemeral") != true)
        {
            var modes = string.Join(", ", wishes?.Spec.VolumeLifecycleModes.Select(m => $"\"{m}\"") ?? ["\"Persistent\""]);
            throw new InvalidDataException($"volume mode \"Ephemeral\" not supported by driver {source.Driver} (only supports [{modes}])");
        }

        var path = paths.Mount(pod.Metadata.Uid, volume.Name);
        var handle = CsiNames.InlineHandle(pod.Metadata.Uid, volume.Name);
        var record = new CsiRecord(source.Driver, handle, volume.Name, "Ephemeral", nodeName, path, "", Block: false, Attached: false, Published: false);
        var directory = paths.RecordDirectory(pod.Metadata.Uid, volume.Name);
        var gate = Gate(record);
        await gate.WaitAsync(ct);
        try
        {
            var there = CsiRecord.Read(directory) is { Published: true } && MountTable.IsMountPoint(path);
            if (there && wishes.Spec.RequiresRepublish != true)
                return new Result(path, false, null);
            if (!there)
                record.Write(directory);
            var secrets = await context.SecretAsync(pod.Metadata.Namespace, source.NodePublishSecretRef?.Name, ct);
            var attributes = CsiContext.PodInfo(wishes, pod, source.VolumeAttributes, inline: true);
            await context.AddTokensAsync(wishes, pod, attributes, secrets, ct);
            var group = driver.MountsForGroup ? pod.Spec.SecurityContext?.FsGroup : null;
            var capability = CsiAccess.Capability(driver, [], block: false, source.FsType ?? "", [], group);
            await PublishAsync(driver, record, path, capability, ApiMap<string>.Empty, source.ReadOnly == true, secrets, attributes, ct);
            if (!there && !driver.MountsForGroup && source.ReadOnly != true)
                ApplyGroup(pod, path, CsiAccess.AppliesGroup(wishes.Spec.FsGroupPolicy, source.FsType ?? "", ["ReadWriteOnce"]));
            (record with { Published = true }).Write(directory);
            return new Result(path, false, wishes.Spec.RequiresRepublish == true ? time.GetUtcNow() + _republish : null);
        }
        catch (GrpcException error)
        {
            throw new InvalidDataException($"rpc error: code = {error.Code} desc = {error.Detail}", error);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Whether the pod has any CSI volume.</summary>
    public bool Has(string podUid) => paths.RecordsOf(podUid).Any();

    /// <summary>How full a volume is in the words of its driver; null when the driver tells no such things.</summary>
    /// <exception cref="GrpcException">It failed to.</exception>
    public async Task<FileSystemUsage?> UsageAsync(string podUid, string name, CancellationToken ct)
    {
        if (CsiRecord.Read(paths.RecordDirectory(podUid, name)) is not { Published: true } record || drivers.Find(record.Driver) is not { GivesStats: true } driver)
            return null;
        var told = (await driver.Client.NodeGetVolumeStatsAsync(
            new NodeGetVolumeStatsRequest { VolumeId = record.Handle, VolumePath = record.Target, StagingTargetPath = record.Staging }, ct)).Usage;
        if (told.FirstOrDefault(u => u.Unit == VolumeUsage.Types.Unit.Bytes) is not { } bytes)
            return null;
        var inodes = told.FirstOrDefault(u => u.Unit == VolumeUsage.Types.Unit.Inodes);
        return new FileSystemUsage(bytes.Total, bytes.Available, bytes.Used, inodes?.Total ?? 0, inodes?.Available ?? 0);
    }

    /// <summary>Has the file system of a volume that grew follow, while pods use it.</summary>
    public async Task GrowAsync(Pod pod, PersistentVolume volume, PersistentVolumeClaim claim, CancellationToken ct)
    {
        if (CsiRecord.Read(paths.RecordDirectory(pod.Metadata.Uid, volume.Metadata.Name)) is not { Published: true } record || drivers.Find(record.Driver) is not { } driver)
            return;
        var gate = Gate(record);
        await gate.WaitAsync(ct);
        try
        {
            var source = volume.Spec.Csi!;
            var capability = CsiAccess.Capability(driver, volume.Spec.AccessModes, record.Block, source.FsType, volume.Spec.MountOptions, null);
            await expansion.ExpandAsync(pod, driver, volume, claim, record, capability, ct);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Takes back all volumes of a pod; unstages those that no other pod of this node has.</summary>
    /// <exception cref="IOException">A driver is not there or refuses: to be tried again.</exception>
    public async Task RemoveAsync(string podUid, CancellationToken ct)
    {
        foreach (var directory in paths.RecordsOf(podUid).ToList())
        {
            if (CsiRecord.Read(directory) is not { } record)
            {
                // Nothing was asked of any driver yet.
                Directory.Delete(directory, recursive: true);
                continue;
            }

            var gate = Gate(record);
            await gate.WaitAsync(ct);
            try
            {
                await RemoveAsync(podUid, directory, record, ct);
            }
            catch (Exception error) when (error is GrpcException or InvalidDataException)
            {
                throw new IOException($"UnmountVolume.TearDown failed for volume \"{record.SpecName}\" (pod {podUid}): {error.Message}", error);
            }
            finally
            {
                gate.Release();
            }
        }
    }

    private async Task RemoveAsync(string podUid, string directory, CsiRecord record, CancellationToken ct)
    {
        var driver = drivers.Get(record.Driver);
        await driver.Client.NodeUnpublishVolumeAsync(new NodeUnpublishVolumeRequest { VolumeId = record.Handle, TargetPath = record.Target }, ct);
        var path = record.Block ? paths.Device(podUid, record.SpecName) : Path.Combine(directory, "mount");
        // Drivers should have removed it. One that left a mount must not have its content deleted.
        if (MountTable.IsMountPoint(path))
            Mount.Unmount(path, detach: true);
        if (File.Exists(path))
            File.Delete(path);
        if (Directory.Exists(path))
            Directory.Delete(path);
        var last = !paths.AllRecords().Any(d => d != directory && CsiRecord.Read(d) is { } other && other.Driver == record.Driver && other.Handle == record.Handle);
        if (last && record.Staging.Length > 0)
        {
            await driver.Client.NodeUnstageVolumeAsync(new NodeUnstageVolumeRequest { VolumeId = record.Handle, StagingTargetPath = record.Staging }, ct);
            var staged = record.Block ? paths.StagedDevice(record.SpecName) : paths.Staged(record.Driver, record.Handle);
            if (MountTable.IsMountPoint(staged))
                Mount.Unmount(staged, detach: true);
            if (Directory.Exists(staged))
                Directory.Delete(staged, recursive: true);
            if (!record.Block && Directory.Exists(Path.GetDirectoryName(staged)))
                Directory.Delete(Path.GetDirectoryName(staged)!, recursive: true);
        }

        Directory.Delete(directory, recursive: true);
        if (last && record.Attached)
            await inUse.RemoveAsync(CsiNames.Unique(record.Driver, record.Handle), ct);
    }

    private SemaphoreSlim Gate(CsiRecord record) => _gates.GetOrAdd((record.Driver, record.Handle), _ => new SemaphoreSlim(1));

    /// <summary>What the driver's controller said when it attached the volume to this node.</summary>
    private async Task<IReadOnlyDictionary<string, string>> AttachedAsync(CSIPersistentVolumeSource source, CancellationToken ct)
    {
        var name = CsiNames.Attachment(source.VolumeHandle, source.Driver, nodeName);
        var start = time.GetTimestamp();
        var wait = _attachLookMin;
        while (true)
        {
            VolumeAttachment? attachment = null;
            try
            {
                attachment = await client.GetAsync<VolumeAttachment>(null, name, null, ct);
            }
            catch (ApiException error) when (error.IsNotFound || error.IsForbidden)
            {
                // Not made yet: of what does not exist, a node may not even ask.
            }

            if (attachment is { Status.Attached: true, Metadata.DeletionTimestamp: null })
                return attachment.Status.AttachmentMetadata;
            if (attachment?.Status.AttachError is { } refused && time.GetElapsedTime(start) > _attachLookMax)
                throw new InvalidDataException($"the volume is not attached to node {nodeName}: {refused.Message}");
            if (time.GetElapsedTime(start) > _attachLimit)
                throw new InvalidDataException($"timed out waiting for external-attacher of {source.Driver} CSI driver to attach volume {source.VolumeHandle}");
            await Task.Delay(wait, time, ct);
            wait = wait * 2 < _attachLookMax ? wait * 2 : _attachLookMax;
        }
    }

    private async Task StageAsync(
        CsiDriver driver, CsiRecord record, CSIPersistentVolumeSource source, VolumeCapability capability, IReadOnlyDictionary<string, string> publishContext, CancellationToken ct)
    {
        var staged = record.Block ? paths.StagedDevice(record.SpecName) : paths.Staged(record.Driver, record.Handle);
        Directory.CreateDirectory(staged);
        var request = new NodeStageVolumeRequest { VolumeId = record.Handle, StagingTargetPath = record.Staging, VolumeCapability = capability };
        request.PublishContext.Add(new Dictionary<string, string>(publishContext));
        request.VolumeContext.Add(source.VolumeAttributes.ToDictionary(e => e.Key, e => e.Value));
        request.Secrets.Add(await context.SecretAsync(source.NodeStageSecretRef?.Namespace, source.NodeStageSecretRef?.Name, ct));
        await driver.Client.NodeStageVolumeAsync(request, ct);
    }

    private static async Task PublishAsync(
        CsiDriver driver, CsiRecord record, string path, VolumeCapability capability, IReadOnlyDictionary<string, string> publishContext, bool readOnly,
        Dictionary<string, string> secrets, Dictionary<string, string> attributes, CancellationToken ct)
    {
        // The driver makes the last part itself, as a directory or as a file.
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var request = new NodePublishVolumeRequest
        {
            VolumeId = record.Handle, StagingTargetPath = record.Staging, TargetPath = record.Target, VolumeCapability = capability, Readonly = readOnly,
        };
        request.PublishContext.Add(new Dictionary<string, string>(publishContext));
        request.Secrets.Add(secrets);
        request.VolumeContext.Add(attributes);
        await driver.Client.NodePublishVolumeAsync(request, ct);
    }

    private static void ApplyGroup(Pod pod, string path, bool applies)
    {
        if (applies && pod.Spec.SecurityContext is { FsGroup: { } group } security)
            VolumeOwnership.Apply(path, group, security.FsGroupChangePolicy == "OnRootMismatch");
    }
}
