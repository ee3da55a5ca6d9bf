using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Csi.LoopDriver.NodePart;
using Berth.Linux.Files;
using Berth.Linux.Mounts;
using Berth.Linux.Processes;
using Berth.Node.Tests.Runtime;
using Berth.Node.Volumes.Local;
using Berth.Resources.Volumes;

namespace Berth.Node.Tests.Volumes;

public sealed class LocalVolumeTests(ContainerdFixture fixture)
{
    private const string Forever = "trap 'exit 0' TERM; while true; do sleep 0.1; done";

    [Fact]
    public async Task Claim_OfTheBuiltInClass_KeepsItsFiles_AndTheyGoWithIt()
    {
        await using var cluster = await VolumeCluster.StartAsync(fixture);
        await cluster.EventuallyAsync<Api.Storage.V1.StorageClass>(LocalStorage.ClassName, c => c is not null, "the class");
        await cluster.ClaimAsync("data", "1Mi", LocalStorage.ClassName);
        await cluster.RunAsync(VolumeCluster.PodWith("writer", "echo kept > /data/file", VolumeCluster.ClaimVolume("data")));
        await cluster.RemoveAsync("writer");
        Assert.Equal("kept\nread-only\n", await cluster.RunAsync(VolumeCluster.PodWith(
            "reader", "cat /data/file; touch /data/x 2>/dev/null || echo read-only", VolumeCluster.ClaimVolume("data", readOnly: true))));
        var claim = await cluster.Client.GetAsync<PersistentVolumeClaim>("default", "data");
        var directory = Path.Combine(cluster.Node.Options.LocalVolumesDirectory, claim.Spec.VolumeName);
        Assert.True(File.Exists(Path.Combine(directory, "file")));

        // A directory that somebody deleted is not replaced by an empty one.
        Directory.Delete(directory, recursive: true);
        await cluster.Client.CreateAsync(VolumeCluster.PodWith("late", Forever, VolumeCluster.ClaimVolume("data")));
        Assert.Contains("is gone", await cluster.EventAsync("late", "FailedMount"), StringComparison.Ordinal);
        Directory.CreateDirectory(directory);
        await cluster.Node.RunningAsync("late");
        await cluster.RemoveAsync("late");
        await cluster.RemoveAsync("reader");
        await cluster.Client.DeleteAsync<PersistentVolumeClaim>("default", "data");
        await cluster.EventuallyAsync<PersistentVolume>(claim.Spec.VolumeName, v => v is null, "deleted with its claim");
        Assert.False(Directory.Exists(directory));
    }

    [Fact]
    public async Task OldVolumeType_SaysWhichDriverToUse()
    {
        await using var cluster = await VolumeCluster.StartAsync(fixture);
        await cluster.Client.CreateAsync(VolumeCluster.PodWith("old", Forever, new Volume { Name = "data", Nfs = new NFSVolumeSource { Server = "192.0.2.1", Path = "/" } }));
        Assert.Contains("use a CSI driver, such as nfs.csi.k8s.io", await cluster.EventAsync("old", "FailedMount"), StringComparison.Ordinal);
        await cluster.RemoveAsync("old");
    }

    [Fact]
    public async Task Directory_OnAFileSystemWithProjectQuotas_IsKeptToItsSize()
    {
        Assert.SkipWhen(LoopDevice.Missing is not null, LoopDevice.Missing ?? "");
        var ct = TestContext.Current.CancellationToken;
        var work = Directory.CreateTempSubdirectory("berth-quota-").FullName;
        // Nobody, who writes below, has to get there.
        File.SetUnixFileMode(work, (UnixFileMode)0x1ed);
        var image = Path.Combine(work, "disk.img");
        var target = Directory.CreateDirectory(Path.Combine(work, "disk")).FullName;
        await using (var file = File.Create(image))
            file.SetLength(64 * 1024 * 1024);
        await ProcessRunner.RunAsync(ProcessRunner.Find("mkfs.ext4")!, ["-q", "-F", "-O", "quota,project", "-E", "quotatype=prjquota", image], cancellation: ct);
        var device = await LoopDevice.EnsureAsync(image, ct);
        try
        {
            var mounted = await ProcessRunner.TryRunAsync("mount", ["-o", "prjquota", device, target], cancellation: ct);
            Assert.SkipUnless(mounted.ExitCode == 0, "this kernel has no project quotas: " + mounted.Error.Trim());
            var directories = new LocalDirectories(Path.Combine(target, "volumes"), Path.Combine(work, "records"));
            Assert.Equal(LocalStorage.LimitedByQuota, directories.Limits);
            var small = directories.Ensure("small", 1024 * 1024);
            var other = directories.Ensure("other", 4 * 1024 * 1024);
            Assert.Equal(device, ProjectQuota.DeviceOf(small));
            // Root passes over its limits where it has CAP_SYS_RESOURCE; containers do not have it.
            Assert.Equal("", await WriteAsync(other, 2, ct));
            Assert.Matches("quota|No space", await WriteAsync(small, 2, ct));
            Assert.InRange(new DriveInfo(small).TotalSize, 1, 1024 * 1024);
            directories.Ensure("small", 8 * 1024 * 1024);
            Assert.Equal("", await WriteAsync(small, 2, ct));
            directories.Delete("small");
            Assert.False(Directory.Exists(small));
        }
        finally
        {
            Mount.UnmountAllUnder(target);
            await LoopDevice.ReleaseAsync(image, CancellationToken.None);
            Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>Writes as nobody, whom no capability helps; gives back what dd complained of.</summary>
    private static async Task<string> WriteAsync(string directory, int mebibytes, CancellationToken ct)
    {
        var result = await ProcessRunner.TryRunAsync(
            "setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "dd", "if=/dev/zero", $"of={directory}/file", "bs=1M", $"count={mebibytes}", "conv=fsync", "status=none"], cancellation: ct);
        return result.Error.Trim();
    }
}
