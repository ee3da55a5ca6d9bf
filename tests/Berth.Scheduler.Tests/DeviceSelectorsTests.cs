using System.Text.RegularExpressions;
using Berth.Api;
using Berth.Api.Resource.V1;
using Berth.Resources.Claims;
using Berth.Scheduler.Plugins.Claims;

namespace Berth.Scheduler.Tests;

public sealed partial class DeviceSelectorsTests
{
    private static readonly Device s_gpu = new()
    {
        Name = "gpu-0",
        Attributes = new[]
        {
            KeyValuePair.Create("type", new DeviceAttribute { String = "gpu" }),
            KeyValuePair.Create("numaNode", new DeviceAttribute { Int = 1 }),
        }.ToApiMap(),
        Capacity = new[] { KeyValuePair.Create("memory", new DeviceCapacity { Value = Quantity.Parse("80Gi") }) }.ToApiMap(),
    };

    private readonly CelDeviceSelectors _selectors = new();

    // As the built-in classes and samples/gpu ask.
    [Theory]
    [InlineData("device.driver == \"gpu.berth.dev\" && device.attributes[\"gpu.berth.dev\"].type == \"gpu\"", true)]
    [InlineData("device.driver == \"gpu.berth.dev\" && device.attributes[\"gpu.berth.dev\"].type == \"mig\"", false)]
    [InlineData("device.driver == \"other.example\" && device.attributes[\"other.example\"].color == \"red\"", false)]
    [InlineData("device.attributes[\"gpu.berth.dev\"].numaNode == 1", true)]
    [InlineData("device.attributes[\"gpu.berth.dev\"].type in [\"gpu\", \"mig\"] || false", true)]
    [InlineData("has(device.attributes[\"gpu.berth.dev\"].color) && device.attributes[\"gpu.berth.dev\"].color == \"red\"", false)]
    [InlineData("device.capacity[\"gpu.berth.dev\"].memory.isGreaterThan(quantity(\"40Gi\"))", true)]
    [InlineData("device.capacity[\"gpu.berth.dev\"].memory.compareTo(quantity(\"40Gi\")) >= 0", true)]
    [InlineData("device.capacity[\"gpu.berth.dev\"].memory.compareTo(quantity(\"100Gi\")) >= 0", false)]
    public void Matches_Expression_AsWritten(string expression, bool expected) => Assert.Equal(expected, _selectors.Matches(expression, "gpu.berth.dev", s_gpu));

    [Theory]
    [InlineData("device.")]
    [InlineData("device.attributes[\"gpu.berth.dev\"].color == \"red\"")]
    public void Matches_WrongExpression_SaysWhich(string expression) =>
        Assert.StartsWith($"selector {expression}: ", Assert.Throws<DeviceSelectorException>(() => _selectors.Matches(expression, "gpu.berth.dev", s_gpu)).Message, StringComparison.Ordinal);

    [Fact]
    public void Sample_OfAGpuByItsMemory_ChoosesThisOne()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Berth.slnx")))
            root = root.Parent!;
        var expressions = Expression().Matches(File.ReadAllText(Path.Combine(root.FullName, "samples", "gpu", "claim.yaml"))).Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(2, expressions.Count);
        Assert.All(expressions, e => Assert.True(_selectors.Matches(e, "gpu.berth.dev", s_gpu), e));
    }

    [GeneratedRegex("expression: '([^']+)'")]
    private static partial Regex Expression();
}
