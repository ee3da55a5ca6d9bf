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

    // What Kubernetes 1.36 counts, at worst.
    [Theory]
    [InlineData("true", 0)]
    [InlineData("device.driver == ''", 2)]
    [InlineData("device.driver == 'dra.example.com'", 4)]
    [InlineData("device.allowMultipleAllocations == true", 3)]
    [InlineData("'dra.example.com' in device.attributes", 3)]
    [InlineData("device.attributes['dra.example.com'].name", 4)]
    [InlineData("cel.bind(dra, device.attributes['dra.example.com'], dra.name)", 15)]
    [InlineData("device.attributes['dra.example.com'].name > 0", 5)]
    [InlineData("device.attributes['dra.example.com'].names.size() == 2", 6)]
    [InlineData("device.attributes['dra.example.com'].names.exists(x, x > 0)", 5 + (6 * 64))]
    [InlineData("device.attributes['dra.example.com'].names.all(x, x != '')", 5 + (4 * 64))]
    [InlineData("device.attributes['dra.example.com'].name.exists(x, x.isGreaterThan(semver('0.0.1')))", 5 + (7 * 64))]
    [InlineData("device.attributes['dra.example.com'].name.includes('fish')", 4 + 48)]
    [InlineData("1 in device.attributes['dra.example.com'].names", 4 + 64)]
    [InlineData("device.attributes['no-such-domain'].noSuchAttr.isGreaterThan(quantity('0'))", 6)]
    [InlineData("device.attributes['dra.example.com'].name.isGreaterThan(semver('v0.0.1', true)) && isSemver('v1.0.0', true)", 7)]
    [InlineData("!('name' in device.capacity['dra.example.com']) || device.capacity['dra.example.com'].name.isGreaterThan(quantity('1Ki'))", 11)]
    [InlineData("device.attributes.exists_one(x, x == 'dra.example.com')", 164)]
    [InlineData("device.capacity['dra.example.com'].exists_one(x, x == 'memory')", 133)]
    [InlineData("device.attributes['dra.example.com'].services.split('example').size() >= 2", 19)]
    [InlineData("device.attributes['dra.example.com'].services.matches('[^a]?sym')", 18)]
    public void Selector_CostAtWorst_IsWhatKubernetesCounts(string expression, long cost) =>
        Assert.Equal(cost, DeviceSelectorExpression.Compile(expression).EstimateCost());

    [Fact]
    public void Selector_CostAtWorstBeyondTheLimit_IsTooExpensive()
    {
        var nested = string.Concat(Enumerable.Range(0, 7).Select(i => $"[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].all(x{i}, ")) + "int('1'.find('[0-9]*')) < 100" + new string(')', 7);
        var selector = DeviceSelectorExpression.Compile(nested);
        Assert.Null(selector.Problem);
        Assert.Equal(85_555_551, selector.EstimateCost());
        Assert.True(selector.IsTooExpensive);
    }

    [Theory]
    [InlineData("device.nothing == 1", "compilation failed: ERROR: <input>:1:7: undefined field 'nothing'")]
    [InlineData("device.driver", "must evaluate to bool or the unknown type, not string")]
    public void Selector_Wrong_SaysWhy(string expression, string problem) =>
        Assert.StartsWith(problem, DeviceSelectorExpression.Compile(expression).Problem, StringComparison.Ordinal);
}
