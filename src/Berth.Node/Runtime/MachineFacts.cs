using Berth.Linux.Mounts;
using Berth.Linux.Processes;

namespace Berth.Node.Runtime;

/// <summary>What this machine allows a container runtime to do, found out by looking and trying.</summary>
/// <param name="CanLowerOomScore">CAP_SYS_RESOURCE is there. Without it a container's negative oom_score_adj would fail its start.</param>
/// <param name="AppArmor">The kernel enforces AppArmor.</param>
/// <param name="Overlay">overlayfs works on the data directory's file system; it does not on some network and layered file systems.</param>
/// <param name="CniBinaryDirectory">Directory with the bridge plugin.</param>
/// <param name="HostPorts">The portmap plugin and the iptables that it runs are there. Without iptables it would fail every pod's end, with or without ports.</param>
public sealed record MachineFacts(bool CanLowerOomScore, bool AppArmor, bool Overlay, string CniBinaryDirectory, bool HostPorts)
{
    private static readonly string[] _cniDirectories = ["/usr/lib/cni", "/opt/cni/bin", "/usr/libexec/cni"];

    public string Snapshotter => Overlay ? "overlayfs" : "native";

    /// <param name="scratchDirectory">An existing directory on the file system that will hold the snapshots.</param>
    /// <exception cref="RuntimeStartException">There are no CNI plugins.</exception>
    public static MachineFacts Detect(string scratchDirectory)
    {
        var plugins = _cniDirectories.FirstOrDefault(directory => File.Exists(Path.Combine(directory, "bridge")))
            ?? throw new RuntimeStartException(
                $"no CNI plugins in {string.Join(", ", _cniDirectories)}; install them (apt-get install containernetworking-plugins)");
        return new MachineFacts(
            Capabilities.HasEffective(Capability.SysResource),
            ReadsYes("/sys/module/apparmor/parameters/enabled"),
            TryOverlay(scratchDirectory),
            plugins,
            File.Exists(Path.Combine(plugins, "portmap")) && ProcessRunner.Find("iptables") is not null);
    }

    private static bool ReadsYes(string path) => File.Exists(path) && File.ReadAllText(path).StartsWith('Y');

    private static bool TryOverlay(string scratchDirectory)
    {
        var probe = Path.Combine(scratchDirectory, $"overlay-probe-{Guid.NewGuid():N}");
        var (lower, upper, work, merged) = (Path.Combine(probe, "l"), Path.Combine(probe, "u"), Path.Combine(probe, "w"), Path.Combine(probe, "m"));
        foreach (var directory in (string[])[lower, upper, work, merged]) Directory.CreateDirectory(directory);
        try
        {
            File.WriteAllText(Path.Combine(lower, "file"), "lower");
            Mount.FileSystem("overlay", "overlay", merged, $"lowerdir={lower},upperdir={upper},workdir={work}");
            // A copy-up is where overlayfs fails on file systems without the extended attributes that it needs.
            File.AppendAllText(Path.Combine(merged, "file"), " and upper");
            File.Delete(Path.Combine(merged, "file"));
            return true;
        }
        catch (IOException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        finally
        {
            Mount.Unmount(merged, detach: true);
            Directory.Delete(probe, recursive: true);
        }
    }
}
