using Berth.Api;
using Berth.Api.Resource.V1;
using Berth.Resources.Claims;
using static Berth.Resources.Tests.Claims.Fixture;
using Device = Berth.Api.Resource.V1.Device;
using DeviceRequest = Berth.Api.Resource.V1.DeviceRequest;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;

namespace Berth.Resources.Tests.Claims;

/// <summary>Random small pools and claims, against a search that tries every assignment and knows none of the allocator's short cuts.</summary>
public sealed class ClaimAllocatorPropertyTests(ITestOutputHelper output)
{
    private const int Cases = 1200;
    private static readonly string[] s_colors = ["red", "blue"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void RandomPools_AnyClaims_FindAWayExactlyWhenThereIsOne(int seed)
    {
        int granted = 0, refused = 0;
        for (var i = 0; i < Cases; i++)
        {
            var random = new Random((seed * 100_003) + i);
            var slices = Slices(random);
            var catalog = new DeviceCatalog(slices);
            var used = new DevicesInUse();
            if (Allocate(catalog, used, Claim("before", Request("r", random.Next(1, 3)))) is { Obstacle: null } before)
                used.Add(before.Allocations[0]);
            var claims = Enumerable.Range(0, random.Next(1, 3)).Select(c => RandomClaim(random, $"c{c}")).ToArray();
            var model = new PlainClaims(catalog, used, claims);
            var outcome = Allocate(catalog, used, claims);
            var expected = model.Exists();
            Assert.True(outcome.Obstacle is null == expected, $"seed {seed}, case {i}: {(expected ? "there is a way" : "there is none")}, but the allocator says {outcome.Obstacle}");
            if (outcome.Obstacle is null)
            {
                granted++;
                Assert.True(model.IsValid(outcome.Allocations), $"seed {seed}, case {i}: {string.Join('\n', outcome.Allocations)}");
            }
            else
            {
                refused++;
            }
        }

        output.WriteLine($"{granted} granted, {refused} refused");
        Assert.True(granted > Cases / 10 && refused > Cases / 10, $"the cases are lopsided: {granted} granted, {refused} refused");
    }

    private static List<ResourceSlice> Slices(Random random)
    {
        var slices = new List<ResourceSlice>();
        for (var p = 0; p < random.Next(1, 3); p++)
        {
            var partitioned = random.Next(2) == 0;
            var devices = Enumerable.Range(0, random.Next(1, 4)).Select(d => RandomDevice(random, $"d{d}", partitioned)).ToArray();
            var slice = Slice($"p{p}", devices);
            slices.Add(slice with { Spec = slice.Spec with { SharedCounters = partitioned ? [new CounterSet { Name = "card", Counters = Counters(("memory", 4)) }] : [] } });
        }

        return slices;
    }

    private static Device RandomDevice(Random random, string name, bool partitioned)
    {
        var attributes = new List<(string, string)> { ("color", s_colors[random.Next(2)]) };
        if (random.Next(4) != 0)
            attributes.Add(("root", s_colors[random.Next(2)]));
        return Device(name, [.. attributes]) with
        {
            ConsumesCounters = partitioned ? [Consumes("card", "memory", random.Next(1, 4))] : [],
            Taints = random.Next(8) == 0 ? [new DeviceTaint { Key = "bad", Effect = "NoSchedule" }] : [],
        };
    }

    private static ResourceClaim RandomClaim(Random random, string name)
    {
        var requests = Enumerable.Range(0, random.Next(1, 3)).Select(r => RandomRequest(random, $"r{r}")).ToArray();
        DeviceConstraint[] constraints = random.Next(4) switch
        {
            0 => [new DeviceConstraint { MatchAttribute = Driver + "/root" }],
            1 => [new DeviceConstraint { DistinctAttribute = Driver + "/root", Requests = ["r0"] }],
            _ => [],
        };
        return Claim(name, requests).With(constraints);
    }

    private static DeviceRequest RandomRequest(Random random, string name)
    {
        var selector = random.Next(3) is var s && s < 2 ? $"color={s_colors[s]}" : null;
        switch (random.Next(6))
        {
            case 0:
                return AllOf(name, selector);
            case 1:
                return new DeviceRequest { Name = name, FirstAvailable = [Alternative("a", random.Next(1, 4), selector), Alternative("b", 1)] };
            case 2:
                var watch = Request(name, random.Next(1, 3), selector);
                return watch with { Exactly = watch.Exactly! with { AdminAccess = true } };
            default:
                return Request(name, random.Next(1, 3), selector);
        }
    }
}
