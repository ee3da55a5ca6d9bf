using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Resources.Demand;
using Berth.Resources.Quota;

namespace Berth.Resources.Tests.Quota;

public sealed class QuotaUsageTests
{
    [Fact]
    public void Pod_WithRequestsAndLimits_CountsForEachNameOfEach()
    {
        var usage = QuotaUsage.Of(PodOf(Container("1", "100m", "1Gi")));
        Assert.Equal("100m", usage["cpu"].ToString());
        Assert.Equal("100m", usage["requests.cpu"].ToString());
        Assert.Equal("1", usage["limits.cpu"].ToString());
        Assert.Equal("1Gi", usage["requests.memory"].ToString());
        Assert.Equal("1", usage["pods"].ToString());
        Assert.Equal("1", usage["count/pods"].ToString());
    }

    [Theory]
    [InlineData("Succeeded")]
    [InlineData("Failed")]
    public void Pod_HasEnded_CountsOnlyAsAnObject(string phase)
    {
        var pod = PodOf(Container("1", "100m", "1Gi"));
        Assert.Equal(["count/pods"], QuotaUsage.Of(pod with { Status = new PodStatus { Phase = phase } }).Keys);
    }

    [Theory]
    [InlineData("gold", null, null, true)]
    [InlineData("silver", "gold", null, true)]
    [InlineData("silver", "bronze", "gold", true)]
    [InlineData("silver", "bronze", "iron", false)]
    [InlineData(null, null, null, false)]
    public void Scope_OfAClaim_MatchesByEachClassThatItsVolumeHasOrGets(string? wanted, string? current, string? target, bool expected)
    {
        var quota = new ResourceQuota
        {
            Spec = new() { ScopeSelector = new() { MatchExpressions = [new() { ScopeName = "VolumeAttributesClass", Operator = "In", Values = ["gold"] }] } },
        };
        var claim = new PersistentVolumeClaim
        {
            Spec = new() { VolumeAttributesClassName = wanted },
            Status = new() { CurrentVolumeAttributesClassName = current, ModifyVolumeStatus = target is null ? null : new() { TargetVolumeAttributesClassName = target } },
        };
        Assert.Equal(expected, QuotaUsage.Matches(quota, claim));
    }

    [Theory]
    [InlineData("1Gi", "3Gi", "3Gi")]
    [InlineData("5Gi", "3Gi", "5Gi")]
    public void Claim_ThatGrew_CountsForTheLargerOfAskedAndAllocated(string asked, string allocated, string expected)
    {
        var claim = new PersistentVolumeClaim
        {
            Spec = new() { Resources = new() { Requests = new Dictionary<string, Quantity> { ["storage"] = Quantity.Parse(asked) }.ToApiMap() } },
            Status = new() { AllocatedResources = new Dictionary<string, Quantity> { ["storage"] = Quantity.Parse(allocated) }.ToApiMap() },
        };
        Assert.Equal(expected, QuotaUsage.Of(claim)["requests.storage"].ToString());
    }

    [Fact]
    public void Used_ObjectsOfSeveralKinds_SumsWhatTheQuotaLimits()
    {
        var quota = new ResourceQuota
        {
            Spec = new() { Hard = new Dictionary<string, Quantity> { ["pods"] = Quantity.Parse("5"), ["requests.cpu"] = Quantity.Parse("2"), ["services.nodeports"] = Quantity.Parse("4") }.ToApiMap() },
        };
        var service = new Service { Spec = new() { Type = "NodePort", Ports = [new() { Port = 80 }, new() { Port = 81 }] } };
        var used = QuotaUsage.Used(quota, kind => kind switch
        {
            "pods" => [PodOf(Container("1", "100m", "1Gi")), PodOf(Container("1", "200m", "1Gi"))],
            "services" => [service],
            _ => throw new InvalidOperationException(kind),
        });
        Assert.Equal("2 300m 2", $"{used["pods"]} {used["requests.cpu"]} {used["services.nodeports"]}");
    }

    [Theory]
    [InlineData("Terminating", 5L, true)]
    [InlineData("Terminating", null, false)]
    [InlineData("NotTerminating", null, true)]
    [InlineData("BestEffort", null, false)]
    [InlineData("NotBestEffort", null, true)]
    public void Scope_OfAPod_MatchesByItsNature(string scope, long? deadline, bool expected)
    {
        var pod = PodOf(Container("1", "100m", "1Gi"));
        var quota = new ResourceQuota { Spec = new() { Scopes = [scope] } };
        Assert.Equal(expected, QuotaUsage.Matches(quota, pod with { Spec = pod.Spec with { ActiveDeadlineSeconds = deadline } }));
    }

    [Fact]
    public void Requests_InitContainersAndSidecars_AreTheMostNeededAtOneTime()
    {
        var spec = new PodSpec
        {
            Overhead = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse("10m") }.ToApiMap(),
            InitContainers =
            [
                Container("1", "500m", "1Gi") with { Name = "first" },
                Container("1", "100m", "1Gi") with { Name = "sidecar", RestartPolicy = "Always" },
                Container("1", "600m", "1Gi") with { Name = "second" },
            ],
            Containers = [Container("1", "300m", "1Gi")],
        };
        // The second init container beside the sidecar needs the most: 600m + 100m, and 10m of overhead.
        Assert.Equal("710m", PodResources.Requests(spec)["cpu"].ToString());
    }

    [Theory]
    [InlineData("", "", "BestEffort")]
    [InlineData("1", "1", "Guaranteed")]
    [InlineData("2", "1", "Burstable")]
    public void QosClass_FromLimitsAndRequests_IsThatOfKubernetes(string limit, string request, string expected)
    {
        var container = limit.Length == 0 ? new Container { Name = "c" } : Container(limit, request, "1Gi");
        Assert.Equal(expected, PodResources.QosClass(new PodSpec { Containers = [container] }));
    }

    private static Pod PodOf(Container container) => new() { Metadata = new() { Name = "p", Namespace = "a" }, Spec = new() { Containers = [container] } };

    private static Container Container(string cpuLimit, string cpuRequest, string memory) => new()
    {
        Name = "c",
        Resources = new()
        {
            Limits = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse(cpuLimit), ["memory"] = Quantity.Parse(memory) }.ToApiMap(),
            Requests = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse(cpuRequest), ["memory"] = Quantity.Parse(memory) }.ToApiMap(),
        },
    };
}
