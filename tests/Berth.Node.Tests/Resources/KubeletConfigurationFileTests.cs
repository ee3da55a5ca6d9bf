using System.Text;
using Berth.Linux.Machine;
using Berth.Node.Resources;
using Berth.Resources.Allocation;
using Berth.Resources.Topology;

namespace Berth.Node.Tests.Resources;

public sealed class KubeletConfigurationFileTests
{
    private static readonly NodeTopology s_machine = NodeTopology.Uniform(2, 1, 2, 2, memoryBytes: 1L << 30);

    [Fact]
    public void File_OfAKubelet_SetsPoliciesAndReservations()
    {
        var read = Read("""
            "cpuManagerPolicy": "static", "cpuManagerPolicyOptions": {"full-pcpus-only": "true"}, "memoryManagerPolicy": "Static",
            "topologyManagerPolicy": "restricted", "topologyManagerScope": "pod", "reservedSystemCPUs": "0,4", "kubeReserved": {"memory": "100Mi", "cpu": "500m"},
            "systemReserved": {"memory": "56Mi"}, "evictionHard": {"memory.available": "100Mi", "nodefs.available": "5%"}, "maxPods": 20, "podPidsLimit": 4096,
            "cpuManagerReconcilePeriod": "1m30s", "topologyManagerPolicyOptions": {"prefer-closest-numa-nodes": "true"},
            "reservedMemory": [{"numaNode": 1, "limits": {"memory": "256Mi"}}], "serializeImagePulls": false
            """);

        Assert.True(read.Cpu is { Static: true, FullCoresOnly: true });
        Assert.True(read is { StaticMemory: true, Alignment: AlignmentPolicy.Restricted, PodScope: true, PodsMax: 20, PodPidsMax: 4096 });
        Assert.Equal(TimeSpan.FromSeconds(90), read.ReconcilePeriod);
        Assert.Equal(["serializeImagePulls"], read.Unheeded);
        var policy = NodePolicies.Of(read, s_machine);
        Assert.Equal("0,4", policy.ReservedCpus.ToString());
        Assert.Equal(256L << 20, policy.ReservedMemory["1"]["memory"]);
        Assert.Equal(2000, NodePolicies.Reserved(read)["cpu"].MilliValue);
    }

    [Fact]
    public void ReservedCpus_SomeOfThemOffline_AreNoMistakeButThoseThatDoNotExistAre()
    {
        var less = new NodeTopology(s_machine.Cpus.Where(c => c.Id != 1), s_machine.NumaNodes);
        var read = Read("\"cpuManagerPolicy\": \"static\", \"reservedSystemCPUs\": \"1\"");

        // The system must have one: the first that is there.
        Assert.Equal("0", NodePolicies.Of(read, less, s_machine.AllCpus).ReservedCpus.ToString());
        Assert.Equal("reservedSystemCPUs", Assert.Throws<NodeConfigurationException>(() => NodePolicies.Of(read, less)).Field);
    }

    [Theory]
    [InlineData("\"cpuManagerPolicy\": \"Static\"", "cpuManagerPolicy: \"Static\" is not one of none, static")]
    [InlineData("\"cpuManagerPolcy\": \"static\"", "cpuManagerPolcy: the kubelet of 1.36 has no such field")]
    [InlineData("\"maxPods\": \"many\"", "maxPods: \"many\" is not a number of at least 0")]
    [InlineData("\"reservedSystemCPUs\": \"0..3\"", "reservedSystemCPUs: \"0..3\" is not a list of CPUs such as 0-1,8")]
    [InlineData("\"cpuManagerPolicyOptions\": {\"full-pcpus-only\": \"true\"}", "cpuManagerPolicyOptions: only cpuManagerPolicy: static has options")]
    [InlineData("\"cpuManagerPolicy\": \"static\", \"cpuManagerPolicyOptions\": {\"full-pcpus-only\": \"maybe\"}", "cpuManagerPolicyOptions[full-pcpus-only]: \"maybe\" is neither true nor false")]
    [InlineData("\"cpuManagerPolicy\": \"static\", \"cpuManagerPolicyOptions\": {\"full-pcpus-only\": true}", "cpuManagerPolicyOptions[full-pcpus-only]: true is not a string: put it in quotes")]
    [InlineData("\"kubeReserved\": {\"memory\": \"lots\"}", "kubeReserved[memory]: \"lots\" is not an amount such as 500m or 1Gi")]
    [InlineData("\"evictionHard\": {\"memory.available\": \"-1\"}", "evictionHard[memory.available]: \"-1\" is neither an amount such as 100Mi nor a share such as 5%")]
    [InlineData("\"evictionSoft\": {\"memory.available\": \"1Gi\"}", "evictionSoft[memory.available]: it needs a grace period in evictionSoftGracePeriod")]
    [InlineData("\"reservedMemory\": [{\"numaNode\": 0}]", "reservedMemory[0]: it must have numaNode and limits")]
    public void File_WithAWrongValue_IsRefusedWithTheField(string fields, string message) =>
        Assert.Equal(message, Assert.Throws<NodeConfigurationException>(() => Read(fields)).Message);

    [Fact]
    public void File_WithEvictionSettings_NamesThemAllOrAddsToTheDefaults()
    {
        var alone = Read("""
            "evictionHard": {"memory.available": "200Mi"}, "evictionSoft": {"nodefs.available": "15%"}, "evictionSoftGracePeriod": {"nodefs.available": "1m30s"},
            "evictionMaxPodGracePeriod": 20, "evictionMinimumReclaim": {"nodefs.available": "1Gi"}, "evictionPressureTransitionPeriod": "30s"
            """).Eviction;
        Assert.Equal(["memory.available"], alone.Hard.Keys);
        Assert.Equal((TimeSpan.FromSeconds(90), 20L, TimeSpan.FromSeconds(30)), (alone.SoftGracePeriods["nodefs.available"], alone.PodGraceSecondsMax, alone.PressureTransition));
        Assert.Equal(150, alone.Soft["nodefs.available"].Of(1000));
        var merged = Read("\"evictionHard\": {\"memory.available\": \"200Mi\"}, \"mergeDefaultEvictionSettings\": true").Eviction;
        Assert.Equal(5, merged.Hard.Count);
        Assert.Equal(200L << 20, merged.Hard["memory.available"].Of(0));
    }

    [Fact]
    public void File_OfOptionsThatContradict_IsRefused() => Assert.Equal(
        "cpuManagerPolicyOptions: full-pcpus-only and distribute-cpus-across-cores contradict each other: set one of them",
        Assert.Throws<NodeConfigurationException>(() => Read("\"cpuManagerPolicy\": \"static\", \"cpuManagerPolicyOptions\": {\"full-pcpus-only\": \"true\", \"distribute-cpus-across-cores\": \"true\"}")).Message);

    [Theory]
    [InlineData("\"cpuManagerPolicy\": \"static\"", "cpuManagerPolicy")]
    [InlineData("\"reservedSystemCPUs\": \"0,99\"", "reservedSystemCPUs")]
    [InlineData("\"memoryManagerPolicy\": \"Static\", \"reservedMemory\": [{\"numaNode\": 0, \"limits\": {\"memory\": \"1Gi\"}}]", "reservedMemory")]
    [InlineData("\"memoryManagerPolicy\": \"Static\", \"reservedMemory\": [{\"numaNode\": 7, \"limits\": {\"memory\": \"100Mi\"}}]", "reservedMemory")]
    public void Configuration_ThatTheMachineCannotKeep_IsRefused(string fields, string field) =>
        Assert.Equal(field, Assert.Throws<NodeConfigurationException>(() => NodePolicies.Of(Read(fields), s_machine)).Field);

    [Theory]
    [InlineData("500m", "0")]
    [InlineData("2", "0,4")] // both threads of the first core
    [InlineData("3", "0-1,4")]
    public void Reservation_ByAmount_TakesTheFirstCores(string cpu, string expected) =>
        Assert.Equal(expected, NodePolicies.Of(Read($"\"systemReserved\": {{\"cpu\": \"{cpu}\"}}"), s_machine).ReservedCpus.ToString());

    [Fact]
    public void Machine_OfThisTest_IsATopology()
    {
        var machine = MachineInfo.Read();
        var topology = MachineTopology.Of(machine);

        Assert.Equal(machine.CpuCount, topology.AllCpus.Count);
        Assert.All(topology.Cpus, c => Assert.Contains(c.Id, topology.CoreOf(c.Id)));
        Assert.NotNull(NodeShapeJson.Read(NodeShapeJson.Write(new NodeShape(topology, new NodePolicy()))));
    }

    private static NodeConfiguration Read(string fields) =>
        KubeletConfigurationFile.Read(Encoding.UTF8.GetBytes($$"""{"kind": "KubeletConfiguration", "apiVersion": "kubelet.config.k8s.io/v1beta1", {{fields}}}"""));
}
