using System.Text;

namespace Berth.Node.Runtime;

/// <summary>Where one instance's containerd keeps what. All but a socket with a long path is below <c>DATA/containerd</c>.</summary>
public sealed class ContainerdPaths
{
    // sun_path is 108 bytes with its terminator, and containerd appends ".ttrpc" to the name for its second socket.
    private const int SocketPathBytesMax = 108 - 1 - 6;

    public ContainerdPaths(ContainerdOptions options)
    {
        Base = Path.Combine(Path.GetFullPath(options.DataDirectory), "containerd");
        var socket = Path.Combine(Base, "containerd.sock");
        RunDirectory = Path.Combine("/run/berth", options.InstanceHash);
        SocketInRun = Encoding.UTF8.GetByteCount(socket) > SocketPathBytesMax;
        Socket = SocketInRun ? Path.Combine(RunDirectory, "containerd.sock") : socket;
        NetworkName = $"berth-{options.InstanceHash}";
    }

    public string Base { get; }

    /// <summary>Images, snapshots, metadata: kept across reboots.</summary>
    public string Root => Path.Combine(Base, "root");

    /// <summary>Bundles, mounts, shims' addresses, network namespaces: void after a reboot.</summary>
    public string State => Path.Combine(Base, "state");

    /// <summary>The pods' network namespaces, one file each; containerd's CRI names the folder.</summary>
    public string NetworkNamespaces => Path.Combine(State, "io.containerd.grpc.v1.cri", "netns");

    public string Config => Path.Combine(Base, "config.toml");

    public string Log => Path.Combine(Base, "containerd.log");

    public string PidFile => Path.Combine(Base, "containerd.pid");

    public string BootIdFile => Path.Combine(Base, "boot-id");

    public string CniConfigDirectory => Path.Combine(Base, "cni/net.d");

    /// <summary>Addresses given out, one file each (the host-local plugin's).</summary>
    public string CniDataDirectory => Path.Combine(Base, "cni/networks");

    /// <summary>Registry hosts, mirrors and certificates, in containerd's <c>hosts.toml</c> form.</summary>
    public string RegistryConfigDirectory => Path.Combine(Base, "certs.d");

    public string RuncRoot => Path.Combine(State, "runc");

    public string Socket { get; }

    public bool SocketInRun { get; }

    /// <summary>Only used when the socket does not fit below the data directory.</summary>
    public string RunDirectory { get; }

    /// <summary>CNI's name of the pod network; also begins the names of its cached results in /var/lib/cni.</summary>
    public string NetworkName { get; }
}
