using System.Text.Json;
using Berth.Node.Runtime;

namespace Berth.Node.Tests.Runtime;

public sealed class ContainerdConfigurationTests
{
    private static readonly MachineFacts _plain = new(CanLowerOomScore: true, AppArmor: true, Overlay: true, "/usr/lib/cni", HostPorts: true);

    [Theory]
    [InlineData("containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+deb12u3\n", 1, 6, 2)]
    [InlineData("containerd github.com/containerd/containerd 1.7.24~ds1 1.7.24~ds1-6+b4\n", 1, 7, 2)]
    [InlineData("containerd github.com/containerd/containerd/v2 v2.1.4 75cb2b7193e4e490e9fbdc236c0e811ccaba3376\n", 2, 1, 3)]
    [InlineData("containerd github.com/containerd/containerd/v2 2.2.0+unknown \n", 2, 2, 3)]
    public void Version_OfDistributionsAndUpstream_GivesTheDialect(string output, int major, int minor, int dialect)
    {
        var version = ContainerdVersion.Parse(output)!.Value;

        Assert.Equal((major, minor, dialect), (version.Major, version.Minor, version.ConfigVersion));
    }

    [Theory]
    [InlineData("")]
    [InlineData("containerd: command not found")]
    public void Version_OfSomethingElse_IsNull(string output) => Assert.Null(ContainerdVersion.Parse(output));

    [Theory]
    [InlineData(1, "sandbox_image = \"pause:1\"", "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc.options]")]
    [InlineData(2, "sandbox = \"pause:1\"", "[plugins.\"io.containerd.cri.v1.runtime\".containerd.runtimes.runc.options]")]
    public void Render_InEachDialect_NamesTheSandboxImageAndTheRuntime(int major, string image, string runtime)
    {
        var text = Render(_plain, major);

        Assert.Contains(image, text);
        Assert.Contains(runtime, text);
        Assert.Contains("restrict_oom_score_adj = false", text);
        Assert.Contains("disable_apparmor = false", text);
    }

    [Fact]
    public void Render_OnRestrictedMachine_DoesWithoutWhatItLacks()
    {
        var text = Render(_plain with { CanLowerOomScore = false, AppArmor = false, Overlay = false }, 1);

        Assert.Contains("restrict_oom_score_adj = true", text);
        Assert.Contains("disable_apparmor = true", text);
        Assert.Contains("snapshotter = \"native\"", text);
    }

    [Fact]
    public void Paths_OfLongDataDirectory_PutTheSocketWhereItFits()
    {
        var deep = Options("/" + new string('d', 120));
        var paths = new ContainerdPaths(deep);

        Assert.Equal($"/run/berth/{deep.InstanceHash}/containerd.sock", paths.Socket);
        Assert.StartsWith(deep.DataDirectory, paths.State);
        Assert.Equal("/var/lib/berth/containerd/containerd.sock", new ContainerdPaths(Options("/var/lib/berth")).Socket);
    }

    [Fact]
    public void Instances_OfDifferentDataDirectories_ShareNoName()
    {
        var (one, two) = (Options("/a"), Options("/b"));

        Assert.NotEqual(one.EffectiveBridgeName, two.EffectiveBridgeName);
        Assert.NotEqual(new ContainerdPaths(one).NetworkName, new ContainerdPaths(two).NetworkName);
        Assert.Equal(one.InstanceHash, Options("/a/").InstanceHash);
    }

    [Fact]
    public void Cni_OfTwoFamilies_HasARangeEach()
    {
        using var json = JsonDocument.Parse(new CniConfiguration("net", "berth0", ["10.1.0.0/24", "fd00::/64"], "/data", HostPorts: true, 1400).Render());

        var bridge = json.RootElement.GetProperty("plugins")[0];
        Assert.Equal("berth0", bridge.GetProperty("bridge").GetString());
        Assert.Equal(1400, bridge.GetProperty("mtu").GetInt32());
        var ranges = bridge.GetProperty("ipam").GetProperty("ranges");
        Assert.Equal("10.1.0.0/24", ranges[0][0].GetProperty("subnet").GetString());
        Assert.Equal("fd00::/64", ranges[1][0].GetProperty("subnet").GetString());
        Assert.Equal("portmap", json.RootElement.GetProperty("plugins")[1].GetProperty("type").GetString());
    }

    [Fact]
    public void Cni_WithTooLongBridgeName_IsRefused() =>
        Assert.Throws<RuntimeStartException>(() => new CniConfiguration("net", "sixteencharacter", ["10.1.0.0/24"], "/data", HostPorts: true).Render());

    private static ContainerdOptions Options(string dataDirectory) => new() { DataDirectory = dataDirectory, PodCidrs = ["10.1.0.0/24"] };

    private static string Render(MachineFacts facts, int major) =>
        new ContainerdConfiguration(new ContainerdPaths(Options("/data")), facts, new ContainerdVersion(major, 6, ""), "pause:1", "info").Render();
}
