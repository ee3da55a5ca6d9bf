using System.Text;

namespace Berth.Node.Runtime;

/// <summary>Renders containerd's configuration in the dialect of its version: 2 for containerd 1.6 and 1.7, 3 for 2.x.</summary>
public sealed class ContainerdConfiguration(ContainerdPaths paths, MachineFacts facts, ContainerdVersion version, string sandboxImage, string logLevel)
{
    private readonly StringBuilder _text = new();

    public string Render()
    {
        _text.Clear();
        _text.Append("# Written by Berth at each start; changes are lost.\n");
        Set("version", version.ConfigVersion);
        Set("root", paths.Root);
        Set("state", paths.State);
        // The opt plugin makes /opt/containerd; the others would only report that their tools are missing.
        Set("disabled_plugins",
        [
            "io.containerd.internal.v1.opt",
            "io.containerd.internal.v1.tracing",
            "io.containerd.nri.v1.nri",
            "io.containerd.snapshotter.v1.aufs",
            "io.containerd.snapshotter.v1.blockfile",
            "io.containerd.snapshotter.v1.btrfs",
            "io.containerd.snapshotter.v1.devmapper",
            "io.containerd.snapshotter.v1.zfs",
            "io.containerd.tracing.processor.v1.otlp",
        ]);
        Table("grpc");
        Set("address", paths.Socket);
        Table("debug");
        Set("level", logLevel);
        if (version.ConfigVersion == 2) RenderVersion2();
        else RenderVersion3();
        return _text.ToString();
    }

    private void RenderVersion2()
    {
        const string Cri = "plugins.\"io.containerd.grpc.v1.cri\"";
        Table(Cri);
        Set("sandbox_image", sandboxImage);
        RuntimeSettings();
        StreamingSettings();
        // Off by default in 1.7, on in 2.x; 1.6 has none.
        if (version.Minor >= 7) Set("enable_cdi", true);
        Table(Cri + ".cni");
        Set("bin_dir", facts.CniBinaryDirectory);
        Set("conf_dir", paths.CniConfigDirectory);
        Table(Cri + ".containerd");
        Set("snapshotter", facts.Snapshotter);
        Set("default_runtime_name", "runc");
        Set("discard_unpacked_layers", false);
        Runc(Cri + ".containerd");
        Table(Cri + ".registry");
        Set("config_path", paths.RegistryConfigDirectory);
    }

    private void RenderVersion3()
    {
        const string Images = "plugins.\"io.containerd.cri.v1.images\"";
        const string Runtime = "plugins.\"io.containerd.cri.v1.runtime\"";
        Table(Images);
        Set("snapshotter", facts.Snapshotter);
        Set("discard_unpacked_layers", false);
        Table(Images + ".pinned_images");
        Set("sandbox", sandboxImage);
        Table(Images + ".registry");
        Set("config_path", paths.RegistryConfigDirectory);
        Table(Runtime);
        RuntimeSettings();
        Table(Runtime + ".cni");
        if (version is { Major: 2, Minor: 0 }) Set("bin_dir", facts.CniBinaryDirectory);
        else Set("bin_dirs", [facts.CniBinaryDirectory]);
        Set("conf_dir", paths.CniConfigDirectory);
        Table(Runtime + ".containerd");
        Set("default_runtime_name", "runc");
        Runc(Runtime + ".containerd");
        Table("plugins.\"io.containerd.grpc.v1.cri\"");
        StreamingSettings();
    }

    private void RuntimeSettings()
    {
        Set("restrict_oom_score_adj", !facts.CanLowerOomScore);
        Set("disable_apparmor", !facts.AppArmor);
        // As Kubernetes' distributions have it: a non-root container may serve port 80 and ping.
        Set("enable_unprivileged_ports", true);
        Set("enable_unprivileged_icmp", true);
        // Below our own directory instead of /run/netns, so that two instances never meet.
        Set("netns_mounts_under_state_dir", true);
        Set("tolerate_missing_hugetlb_controller", true);
        // containerd ignores limits of huge pages unless told not to.
        Set("disable_hugetlb_controller", false);
    }

    private void StreamingSettings()
    {
        Set("stream_server_address", "127.0.0.1");
        Set("stream_server_port", "0");
    }

    private void Runc(string parent)
    {
        Table(parent + ".runtimes.runc");
        Set("runtime_type", "io.containerd.runc.v2");
        Table(parent + ".runtimes.runc.options");
        // Berth makes the pods' cgroups itself, by the cgroup file system.
        Set("SystemdCgroup", false);
        Set("Root", paths.RuncRoot);
    }

    private void Table(string name) => _text.Append('\n').Append('[').Append(name).Append("]\n");

    private void Set(string name, string value) => _text.Append(name).Append(" = ").Append(Quote(value)).Append('\n');

    private void Set(string name, IEnumerable<string> values) => _text.Append(name).Append(" = [").AppendJoin(", ", values.Select(Quote)).Append("]\n");

    private static string Quote(string value) =>
        $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private void Set(string name, bool value) => _text.Append(name).Append(value ? " = true\n" : " = false\n");

    private void Set(string name, int value) => _text.Append(name).Append(" = ").Append(value).Append('\n');
}
