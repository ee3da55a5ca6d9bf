using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Devices;

/// <summary>
/// The expression of a device selector (DeviceClass, ResourceClaim): <c>device.driver == "gpu.example.com"</c>. Compile once, ask for
/// any number of devices, from any thread.
/// </summary>
public sealed class DeviceSelectorExpression
{
    // Lists of a device are short; a look through a longer one is a mistake.
    private const int IncludesMax = 64;

    private readonly CelProgram? _program;

    private DeviceSelectorExpression(string source, CelProgram? program, string? problem) => (Source, _program, Problem) = (source, program, problem);

    public string Source { get; }

    /// <summary>What is wrong with the expression, as users see it; null when it can be used.</summary>
    public string? Problem { get; }

    internal static CelType DeviceType { get; } = new RecordType("kubernetes.DRADevice", new Dictionary<string, CelType>(StringComparer.Ordinal)
    {
        ["driver"] = CelType.String,
        ["allowMultipleAllocations"] = CelType.Bool,
        ["attributes"] = CelType.Map(CelType.String, CelType.Map(CelType.String, CelType.Dyn)),
        ["capacity"] = CelType.Map(CelType.String, CelType.Map(CelType.String, Kubernetes.QuantityFunctions.Type)),
    });

    private static CelEnvironment Environment { get; } = CelEnvironment.Kubernetes
        .WithVariable("device", DeviceType)
        .WithBind()
        .WithFunctions(t => t.Member("includes", [CelType.Dyn, CelType.Dyn], CelType.Bool, static a => a[0] is not CelList list ? CelEquality.AreEqual(a[0], a[1])
            : list.Count > IncludesMax ? new CelError($"'includes' function cannot be applied to lists longer than {IncludesMax} values")
            : list.Contains(a[1])));

    public static DeviceSelectorExpression Compile(string expression)
    {
        var compiled = Environment.Compile(expression);
        if (compiled.Program is not { } program)
            return new DeviceSelectorExpression(expression, null, "compilation failed: " + compiled.Problem);
        return program.ResultType.Kind is CelKind.Bool or CelKind.Dyn
            ? new DeviceSelectorExpression(expression, program, null)
            : new DeviceSelectorExpression(expression, null, $"must evaluate to bool or the unknown type, not {program.ResultType}");
    }

    /// <exception cref="CelEvaluationException">The expression is not to be used, failed on this device, or became too expensive.</exception>
    /// <exception cref="OperationCanceledException">The caller lost interest.</exception>
    public bool Matches(SelectableDevice device, CancellationToken cancellation = default)
    {
        if (_program is null)
            throw new CelEvaluationException(Problem!);
        return _program.Evaluate(new CelInputs { ["device"] = device.Value }, CelProgram.CostMaxDefault, cancellation).Value switch
        {
            CelBool selected => selected.Value,
            CelError error => throw new CelEvaluationException(error.Message),
            var other => throw new CelEvaluationException($"CEL result of type {other.Type.Name} could not be converted to bool: type conversion error from '{other.Type.Name}' to 'bool'"),
        };
    }
}
