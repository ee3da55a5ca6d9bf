using Berth.Node.PodSync;
using Berth.Node.Tests.Agent;

namespace Berth.Node.Tests.PodSync;

public sealed class SandboxConfigurationTests
{
    [Fact]
    public void Pod_ThatWantsAUserNamespace_IsNotGivenTheMachinesUsersInstead()
    {
        var options = new NodeAgentOptions { NodeName = "n", DataDirectory = "/none", Addresses = [] };
        var pod = NodeCluster.Pod("p", "true", spec: s => s with { HostUsers = false });

        var refused = Assert.Throws<ContainerConfigException>(() => new SandboxConfiguration(options, new PodDirectories(options)).Build(pod, 0, null));

        Assert.Contains("hostUsers: false", refused.Message, StringComparison.Ordinal);
    }
}
