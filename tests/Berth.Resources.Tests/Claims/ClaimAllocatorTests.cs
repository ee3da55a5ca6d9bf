using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Resource.V1;
using Berth.Resources.Claims;
using static Berth.Resources.Tests.Claims.Fixture;

namespace Berth.Resources.Tests.Claims;

public sealed class ClaimAllocatorTests
{
    [Fact]
    public void Allocate_OneFreeDevice_IsGivenWithTheNodeItIsOn()
    {
        var outcome = Allocate(new DeviceCatalog([Slice("p", Device("a"))]), new DevicesInUse(), Claim("c", Request("gpu")));
        Assert.Null(outcome.Obstacle);
        var result = Assert.Single(outcome.Allocations[0].Devices.Results);
        Assert.Equal(("gpu", Driver, "p", "a"), (result.Request, result.Driver, result.Pool, result.Device));
        Assert.Equal(["n1"], outcome.Allocations[0].NodeSelector!.NodeSelectorTerms[0].MatchFields[0].Values);
    }

    [Fact]
    public void Allocate_DeviceOfAnotherNode_SaysThatNoneMatches()
    {
        var slice = Slice("p", Device("a"));
        var outcome = Allocate(new DeviceCatalog([slice with { Spec = slice.Spec with { NodeName = "n2" } }]), new DevicesInUse(), Claim("c", Request("gpu")));
        Assert.Equal("claim default/c, request gpu: a device of class any wanted, none matches", outcome.Obstacle!.ToString());
    }

    [Fact]
    public void Allocate_TakenTaintedAndFree_CountsEachObstacle()
    {
        var used = new DevicesInUse();
        used.Add(Allocate(new DeviceCatalog([Slice("p", Device("a"))]), used, Claim("c", Request("gpu"))).Allocations[0]);
        var bad = Device("b") with { Taints = [new DeviceTaint { Key = "example.com/broken", Effect = "NoSchedule" }] };
        var outcome = Allocate(new DeviceCatalog([Slice("p", Device("a"), bad, Device("c"))]), used, Claim("d", Request("gpu", 2)));
        Assert.Equal("2 devices of class any wanted, 3 match, of them 1 in use, 1 tainted example.com/broken:NoSchedule", outcome.Obstacle!.Reason);
    }

    [Fact]
    public void Allocate_ToleratedTaint_IsNoObstacle()
    {
        var bad = Device("b") with { Taints = [new DeviceTaint { Key = "example.com/broken", Effect = "NoExecute" }] };
        var request = Request("gpu");
        request = request with { Exactly = request.Exactly! with { Tolerations = [new DeviceToleration { Key = "example.com/broken", Operator = "Exists" }] } };
        Assert.Null(Allocate(new DeviceCatalog([Slice("p", bad)]), new DevicesInUse(), Claim("c", request)).Obstacle);
    }

    [Fact]
    public void Allocate_OlderGenerationAndMissingSlice_AreNotGivenFrom()
    {
        var old = Slice("p", Device("old"));
        var current = Slice("p", Device("new")) with { Metadata = new() { Name = "p-2" } };
        current = current with { Spec = current.Spec with { Pool = current.Spec.Pool with { Generation = 2 } } };
        Assert.Equal("new", Allocate(new DeviceCatalog([old, current]), new DevicesInUse(), Claim("c", Request("gpu"))).Allocations[0].Devices.Results[0].Device);
        current = current with { Spec = current.Spec with { Pool = current.Spec.Pool with { ResourceSliceCount = 2 } } };
        var outcome = Allocate(new DeviceCatalog([old, current]), new DevicesInUse(), Claim("c", AllOf("gpu")));
        Assert.Equal("asks for all devices, but the resource pool gpu.example.com/p is currently being updated", outcome.Obstacle!.Reason);
    }

    [Fact]
    public void Allocate_PerDeviceNodeSelection_TakesTheDevicesOfTheNode()
    {
        var there = Device("there") with { NodeName = "n2" };
        var here = Device("here") with { NodeSelector = new NodeSelector { NodeSelectorTerms = [new NodeSelectorTerm { MatchExpressions = [new NodeSelectorRequirement { Key = "zone", Operator = "In", Values = ["a"] }] }] } };
        var slice = Slice("p", there, here);
        var catalog = new DeviceCatalog([slice with { Spec = slice.Spec with { NodeName = null, PerDeviceNodeSelection = true } }]);
        var outcome = new ClaimAllocator(catalog, new DevicesInUse(), Classes, Selectors).Allocate([Claim("c", AllOf("gpu"))], NodeNamed("n1", ("zone", "a")), () => "");
        Assert.Equal("here", Assert.Single(outcome.Allocations[0].Devices.Results).Device);
        Assert.Equal("zone", outcome.Allocations[0].NodeSelector!.NodeSelectorTerms[0].MatchExpressions[0].Key);
    }

    [Fact]
    public void Allocate_FirstAvailable_FallsBackAndNamesTheAlternative()
    {
        var request = new Api.Resource.V1.DeviceRequest { Name = "gpu", FirstAvailable = [Alternative("large", 1, "size=large"), Alternative("small", 2, "size=small")] };
        var claim = Claim("c", request);
        claim = claim with
        {
            Spec = new()
            {
                Devices = claim.Spec.Devices with
                {
                    Config = [Config("gpu/small", "yes"), Config("gpu/large", "no")],
                },
            },
        };
        var outcome = Allocate(new DeviceCatalog([Slice("p", Device("a", ("size", "small")), Device("b", ("size", "small")))]), new DevicesInUse(), claim);
        Assert.Equal(["gpu/small", "gpu/small"], outcome.Allocations[0].Devices.Results.Select(r => r.Request));
        Assert.Equal("gpu/small", Assert.Single(outcome.Allocations[0].Devices.Config).Requests[0]);

        static DeviceClaimConfiguration Config(string about, string value) =>
            new() { Requests = [about], Opaque = new() { Driver = Driver, Parameters = RawJson.Parse($"{{\"v\":\"{value}\"}}") } };
    }

    [Fact]
    public void Allocate_MatchAttribute_PassesOverDevicesThatDoNotBelongTogether()
    {
        var catalog = new DeviceCatalog([Slice("p", Device("a", ("root", "0")), Device("b", ("root", "1")), Device("c", ("root", "1")))]);
        var claim = Claim("c", Request("gpu", 2)).With(new DeviceConstraint { MatchAttribute = Driver + "/root" });
        Assert.Equal(["b", "c"], Allocate(catalog, new DevicesInUse(), claim).Allocations[0].Devices.Results.Select(r => r.Device));
        var three = Claim("c", Request("gpu", 3)).With(new DeviceConstraint { MatchAttribute = Driver + "/root" });
        Assert.Equal($"no matching devices satisfy matchAttribute {Driver}/root", Allocate(catalog, new DevicesInUse(), three).Obstacle!.Reason);
    }

    [Fact]
    public void Allocate_PartitionsOfOneCard_ShareItsCounters()
    {
        var card = new ResourceSlice
        {
            Metadata = new() { Name = "p-0" },
            Spec = new()
            {
                Driver = Driver,
                Pool = new() { Name = "p", Generation = 1, ResourceSliceCount = 2 },
                NodeName = "n1",
                SharedCounters = [new CounterSet { Name = "card", Counters = Counters(("memory", 80)) }],
            },
        };
        var parts = Slice("p",
            Device("whole") with { ConsumesCounters = [Consumes("card", "memory", 80)] },
            Device("half-0") with { ConsumesCounters = [Consumes("card", "memory", 40)] },
            Device("half-1") with { ConsumesCounters = [Consumes("card", "memory", 40)] });
        parts = parts with { Spec = parts.Spec with { Pool = parts.Spec.Pool with { ResourceSliceCount = 2 } } };
        var catalog = new DeviceCatalog([card, parts]);
        // The whole comes first, but two can only be had as halves.
        var two = Allocate(catalog, new DevicesInUse(), Claim("c", Request("gpu", 2)));
        Assert.Equal(["half-0", "half-1"], two.Allocations[0].Devices.Results.Select(r => r.Device));
        var used = new DevicesInUse();
        used.Add(two.Allocations[0]);
        Assert.Equal("the counter card/memory has too little left for a device that matches", Allocate(catalog, used, Claim("d", Request("gpu"))).Obstacle!.Reason);
    }

    [Fact]
    public void Allocate_AdminAccess_SeesDevicesInUseAndTakesNothing()
    {
        var catalog = new DeviceCatalog([Slice("p", Device("a"))]);
        var used = new DevicesInUse();
        used.Add(Allocate(catalog, used, Claim("c", Request("gpu"))).Allocations[0]);
        var watch = AllOf("gpu");
        var admin = Allocate(catalog, used, Claim("d", watch with { Exactly = watch.Exactly! with { AdminAccess = true } }));
        Assert.Null(admin.Obstacle);
        Assert.True(admin.Allocations[0].Devices.Results[0].AdminAccess);
        var free = new DevicesInUse();
        free.Add(admin.Allocations[0]);
        Assert.Null(Allocate(catalog, free, Claim("e", Request("gpu"))).Obstacle);
    }

    [Fact]
    public void Allocate_SharedDevice_GivesSharesUntilItsCapacityIsUsed()
    {
        var nic = Device("nic") with
        {
            AllowMultipleAllocations = true,
            Capacity = new[]
            {
                KeyValuePair.Create("bandwidth", new DeviceCapacity
                {
                    Value = Quantity.FromUnits(10),
                    RequestPolicy = new CapacityRequestPolicy { Default = Quantity.FromUnits(1), ValidRange = new() { Min = Quantity.FromUnits(1), Step = Quantity.FromUnits(2) } },
                }),
            }.ToApiMap(),
        };
        var catalog = new DeviceCatalog([Slice("p", nic)]);
        var used = new DevicesInUse();
        // 4 is rounded up to 5 by the policy's steps.
        for (var i = 0; i < 2; i++)
        {
            var given = Allocate(catalog, used, Claim($"c{i}", Asking(4)));
            Assert.Equal(Quantity.FromUnits(5), given.Allocations[0].Devices.Results[0].ConsumedCapacity["bandwidth"]);
            Assert.NotNull(given.Allocations[0].Devices.Results[0].ShareID);
            used.Add(given.Allocations[0]);
        }

        Assert.Equal("the matching devices have too little bandwidth left", Allocate(catalog, used, Claim("d", Asking(1))).Obstacle!.Reason);

        static Api.Resource.V1.DeviceRequest Asking(long amount)
        {
            var request = Request("net");
            return request with { Exactly = request.Exactly! with { Capacity = new() { Requests = new[] { KeyValuePair.Create("bandwidth", Quantity.FromUnits(amount)) }.ToApiMap() } } };
        }
    }

    [Fact]
    public void Allocate_SelectorThatFails_NamesTheRequest()
    {
        var outcome = Allocate(new DeviceCatalog([Slice("p", Device("a"))]), new DevicesInUse(), Claim("c", Request("gpu", 1, "fail")));
        Assert.Equal("claim default/c, request gpu: selector failed", outcome.Obstacle!.ToString());
    }

    [Fact]
    public void Allocate_HundredsOfEqualDevicesThatDoNotSuffice_GivesUpQuickly()
    {
        var devices = Enumerable.Range(0, 128).Select(i => Device($"d{i}", ("root", "same"))).ToArray();
        var claim = Claim("c", Request("one", 16), Request("two", 16), Request("three", 1, "root=other"));
        Assert.NotNull(Allocate(new DeviceCatalog([Slice("p", devices)]), new DevicesInUse(), claim).Obstacle);
        var counted = devices.Select((d, i) => i < 3 ? d with { Attributes = Device("x", ("root", "other")).Attributes } : d).ToArray();
        var joined = Claim("c", Request("one", 16), Request("two", 14)).With(new DeviceConstraint { DistinctAttribute = Driver + "/root" });
        Assert.Equal($"no matching devices satisfy distinctAttribute {Driver}/root", Allocate(new DeviceCatalog([Slice("p", counted)]), new DevicesInUse(), joined).Obstacle!.Reason);
    }
}
