using Berth.Api;
using Berth.Api.Resource.V1;
using Berth.Cel.Devices;

namespace Berth.Cel.Tests;

public sealed class DeviceSelectorTests
{
    private static readonly SelectableDevice s_gpu = new(
        "gpu.example.com",
        allowMultipleAllocations: false,
        new Dictionary<string, DeviceAttribute>
        {
            ["model"] = new() { String = "A100" },
            ["index"] = new() { Int = 3 },
            ["healthy"] = new() { Bool = true },
            ["driverVersion"] = new() { Version = "12.4.0" },
            ["other.example.com/numa"] = new() { Int = 1 },
            ["links"] = new() { Strings = ["a", "b"] },
        },
        new Dictionary<string, DeviceCapacity> { ["memory"] = new() { Value = Quantity.Parse("80Gi") } });

    [Theory]
    [InlineData("device.driver == 'gpu.example.com'", true)]
    [InlineData("device.attributes['gpu.example.com'].model == 'A100'", true)]
    [InlineData("device.attributes['gpu.example.com'].model.startsWith('H')", false)]
    [InlineData("device.attributes['gpu.example.com'].index > 2 && device.attributes['other.example.com'].numa == 1", true)]
    [InlineData("device.attributes['gpu.example.com'].healthy", true)]
    [InlineData("device.capacity['gpu.example.com'].memory.compareTo(quantity('40Gi')) >= 0", true)]
    [InlineData("device.capacity['gpu.example.com'].memory.isGreaterThan(quantity('100Gi'))", false)]
    [InlineData("device.attributes['gpu.example.com'].driverVersion.isGreaterThan(semver('12.3.9'))", true)]
    [InlineData("'model' in device.attributes['nobody.example.com']", false)]
    [InlineData("has(device.attributes['nobody.example.com'].model)", false)]
    [InlineData("cel.bind(gpu, device.attributes['gpu.example.com'], gpu.healthy && gpu.index == 3)", true)]
    [InlineData("device.attributes['gpu.example.com'].links.includes('b') && device.attributes['gpu.example.com'].model.includes('A100')", true)]
    [InlineData("device.allowMultipleAllocations", false)]
    public void Selector_Device_IsDecided(string expression, bool selected)
    {
        var selector = DeviceSelectorExpression.Compile(expression);
        Assert.Null(selector.Problem);
        Assert.Equal(selected, selector.Matches(s_gpu));
    }

    [Theory]
    [InlineData("device.attributes['gpu.example.com'].missing == 1", "no such key: missing")]
    [InlineData("device.attributes['gpu.example.com'].model", "could not be converted to bool")]
    public void Selector_Failing_Throws(string expression, string problem)
    {
        var selector = DeviceSelectorExpression.Compile(expression);
        Assert.Null(selector.Problem);
        Assert.Contains(problem, Assert.Throws<CelEvaluationException>(() => selector.Matches(s_gpu)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("device.nothing == 1", "compilation failed: ERROR: <input>:1:7: undefined field 'nothing'")]
    [InlineData("device.driver", "must evaluate to bool or the unknown type, not string")]
    public void Selector_Wrong_SaysWhy(string expression, string problem) =>
        Assert.StartsWith(problem, DeviceSelectorExpression.Compile(expression).Problem, StringComparison.Ordinal);
}
