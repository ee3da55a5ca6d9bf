using System.Globalization;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Resource.V1;
using Berth.Resources.Claims;
using Device = Berth.Api.Resource.V1.Device;
using DeviceRequest = Berth.Api.Resource.V1.DeviceRequest;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;

namespace Berth.Resources.Tests.Claims;

/// <summary>Short ways to write slices, claims and classes.</summary>
internal static class Fixture
{
    public const string Driver = "gpu.example.com";

    public static readonly Node Node = NodeNamed("n1");

    public static readonly IDeviceSelectors Selectors = new PlainSelectors();

    public static readonly DeviceClass AnyClass = new() { Metadata = new() { Name = "any" } };

    public static Node NodeNamed(string name, params (string, string)[] labels) => new() { Metadata = new() { Name = name, Labels = ApiMap.Of(labels) } };

    public static DeviceClass? Classes(string name) => name == "any" ? AnyClass : null;

    public static Device Device(string name, params (string Name, string Value)[] attributes) => new()
    {
        Name = name,
        Attributes = attributes.Select(a => KeyValuePair.Create(a.Name, new DeviceAttribute { String = a.Value })).ToApiMap(),
    };

    public static DeviceCounterConsumption Consumes(string set, string counter, long amount) =>
        new() { CounterSet = set, Counters = Counters((counter, amount)) };

    public static ApiMap<Counter> Counters(params (string Name, long Amount)[] counters) =>
        counters.Select(c => KeyValuePair.Create(c.Name, new Counter { Value = Quantity.FromUnits(c.Amount) })).ToApiMap();

    public static ResourceSlice Slice(string pool, params Device[] devices) => new()
    {
        Metadata = new() { Name = $"{pool}-1" },
        Spec = new() { Driver = Driver, Pool = new() { Name = pool, Generation = 1, ResourceSliceCount = 1 }, NodeName = "n1", Devices = devices.ToApiList() },
    };

    public static DeviceRequest Request(string name, long count = 1, string? selector = null) => new()
    {
        Name = name,
        Exactly = new() { DeviceClassName = "any", AllocationMode = "ExactCount", Count = count, Selectors = Cel(selector) },
    };

    public static DeviceRequest AllOf(string name, string? selector = null) =>
        new() { Name = name, Exactly = new() { DeviceClassName = "any", AllocationMode = "All", Selectors = Cel(selector) } };

    public static DeviceSubRequest Alternative(string name, long count, string? selector = null) =>
        new() { Name = name, DeviceClassName = "any", AllocationMode = "ExactCount", Count = count, Selectors = Cel(selector) };

    public static ApiList<DeviceSelector> Cel(string? expression) =>
        expression is null ? [] : [new DeviceSelector { Cel = new CELDeviceSelector { Expression = expression } }];

    public static ResourceClaim Claim(string name, params DeviceRequest[] requests) => new()
    {
        Metadata = new() { Name = name, Namespace = "default", Uid = name },
        Spec = new() { Devices = new() { Requests = requests.ToApiList() } },
    };

    public static ResourceClaim With(this ResourceClaim claim, params DeviceConstraint[] constraints) =>
        claim with { Spec = new() { Devices = claim.Spec.Devices with { Constraints = constraints.ToApiList() } } };

    public static ClaimOutcome Allocate(DeviceCatalog catalog, DevicesInUse used, params ResourceClaim[] claims)
    {
        var id = 0;
        return new ClaimAllocator(catalog, used, Classes, Selectors).Allocate(claims, Node, () => string.Create(CultureInfo.InvariantCulture, $"share-{id++}"));
    }

    /// <summary>Understands <c>name=value</c> over text attributes, and fails on <c>fail</c>.</summary>
    private sealed class PlainSelectors : IDeviceSelectors
    {
        public bool Matches(string expression, string driver, Device device)
        {
            if (expression == "fail")
                throw new DeviceSelectorException("selector failed");
            var parts = expression.Split('=');
            return device.Attributes.TryGetValue(parts[0], out var has) && has.String == parts[1];
        }
    }
}
