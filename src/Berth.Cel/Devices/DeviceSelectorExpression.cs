using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Devices;

/// <summary>
/// The expression of a device selector (DeviceClass, ResourceClaim): <c>device.driver == "gpu.example.com"</c>. Compile once, ask for
/// any number of devices, from any thread.
/// </summary>
public sealed class DeviceSelectorExpression
{
    /// <summary>Values that a list attribute may have. A look through a longer list is a mistake.</summary>
    internal const int AttributeValuesMax = 48;

    // What ResourceSlices may hold: bounds for estimates.
    private const int DomainLengthMax = 63;
    private const int NameLengthMax = 32;
    private const int DriverLengthMax = 63;
    private const int AttributeLengthMax = 64;
    private const int AttributesMax = 32;

    private readonly CelProgram? _program;

    private DeviceSelectorExpression(string source, CelProgram? program, string? problem) => (Source, _program, Problem) = (source, program, problem);

    public string Source { get; }

    /// <summary>What is wrong with the expression, as users see it; null when it can be used.</summary>
    public string? Problem { get; }

    /// <summary>May the expression cost more than Kubernetes grants one, on the worst device that there can be?</summary>
    public bool IsTooExpensive => EstimateCost() > CelProgram.CostMaxDefault;

    internal static CelType DeviceType { get; } = new RecordType("kubernetes.DRADevice", new Dictionary<string, CelType>(StringComparer.Ordinal)
    {
        ["driver"] = CelType.String.Sized(DriverLengthMax),
        ["allowMultipleAllocations"] = CelType.Bool,
        ["attributes"] = ByDomain(CelType.Dyn.Sized(AttributeLengthMax)),
        ["capacity"] = ByDomain(Kubernetes.QuantityFunctions.Type),
    });

    private static CelEnvironment Environment { get; } = CelEnvironment.Kubernetes
        .WithVariable("device", DeviceType)
        .WithBind()
        .WithFunctions(t => t.Member("includes", [CelType.Dyn, CelType.Dyn], CelType.Bool, static a => a[0] is not CelList list ? CelEquality.AreEqual(a[0], a[1])
            : list.Count > AttributeValuesMax ? new CelError($"'includes' function cannot be applied to lists longer than {AttributeValuesMax} values")
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

    internal long EstimateCost() => _program?.EstimateCost() ?? 0;

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

    private static CelType ByDomain(CelType value) => CelType.Map(
        CelType.String.Sized(DomainLengthMax),
        CelType.Map(CelType.String.Sized(NameLengthMax), value).Sized(AttributesMax)).Sized(AttributesMax);
}
