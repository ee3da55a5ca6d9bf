using Berth.Api.AdmissionRegistration.V1;
using Berth.ApiServer.Admission.Expressions;
using Berth.Cel;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.ApiServer.Admission.Policies;

/// <summary>A ValidatingAdmissionPolicy, compiled. Immutable.</summary>
internal sealed class ValidatingPolicy : ICompiledPolicy<ValidatingPolicy, ValidatingAdmissionPolicy>
{
    // A message is a line in an answer, not a document.
    private const int MessageCharactersMax = 5 * 1024;

    // As in Kubernetes: what goes into the audit log is bounded too.
    private const int AnnotationCharactersMax = 10 * 1024;

    private const string OutOfBudget = "validation failed due to running out of cost budget, no further validation rules will be run";

    private readonly MatchConditions _conditions;
    private readonly PolicyVariables _variables;
    private readonly (CelProgram? Program, string? Problem)[] _validations;
    private readonly (CelProgram? Program, string? Problem)[] _messages;
    private readonly (CelProgram? Program, string? Problem)[] _annotations;

    public ValidatingPolicy(ValidatingAdmissionPolicy source)
    {
        Source = source;
        var spec = source.Spec;
        Match = new PolicyMatch(spec.MatchConstraints ?? MatchResources.Empty);
        var hasParameters = spec.ParamKind is not null;
        _conditions = new MatchConditions(spec.MatchConditions, hasParameters);
        _variables = new PolicyVariables(AdmissionEnvironment.Of(hasParameters), spec.Variables);
        var messages = AdmissionEnvironment.Of(hasParameters, hasAuthorizer: false);
        if (!spec.Variables.IsEmpty)
            messages = messages.WithVariable("variables", _variables.Type);
        _validations = [.. spec.Validations.Select(v => Compile(_variables.Environment, v.Expression, CelType.Bool))];
        _messages = [.. spec.Validations.Select(v => v.MessageExpression.Trim().Length == 0 ? (null, null) : Compile(messages, v.MessageExpression, CelType.String))];
        _annotations = [.. spec.AuditAnnotations.Select(a => Compile(_variables.Environment, a.ValueExpression, CelType.String, CelType.Null))];
    }

    public ValidatingAdmissionPolicy Source { get; }

    public string Name => Source.Metadata.Name;

    public PolicyMatch Match { get; }

    public bool IgnoresFailure => Source.Spec.FailurePolicy == "Ignore";

    public static ValidatingPolicy Compile(ValidatingAdmissionPolicy source) => new(source);

    public bool IsOf(ValidatingAdmissionPolicy source) => Source.Spec == source.Spec;

    /// <summary>What of the policy speaks against a request.</summary>
    /// <param name="annotate">Takes keys and values for the audit log.</param>
    public IReadOnlyList<PolicyDenial> Evaluate(
        AdmissionInputs request, CelValue? parameters, Berth.Api.Core.V1.Namespace? ns, Action<string, string> annotate, CancellationToken cancellation)
    {
        // Conditions know neither variables nor the namespace's object.
        var holds = _conditions.Hold(request.With(parameters, null, null), out var problem, cancellation);
        if (problem is not null)
            return Failed(problem);
        if (!holds)
            return [];

        var variables = new VariableValues(_variables, cancellation);
        var inputs = request.With(parameters, variables, ns);
        variables.Inputs = inputs;
        var denials = new List<PolicyDenial>();
        var budget = AdmissionEnvironment.BindingCostMax;
        for (var i = 0; i < _validations.Length; i++)
        {
            var outcome = Run(_validations[i], inputs, variables, ref budget, cancellation);
            if (budget < 0)
                return Failed(OutOfBudget);
            if (outcome is CelError error)
                denials.AddRange(Failed(error.Message).Select(d => d with { Index = i }));
            else if (outcome is not CelBool { Value: true })
                denials.Add(new PolicyDenial(Message(i, inputs, variables, ref budget, cancellation), Source.Spec.Validations[i].Reason ?? "Invalid") { Index = i });
        }

        budget = AdmissionEnvironment.BindingCostMax;
        for (var i = 0; i < _annotations.Length; i++)
        {
            var outcome = Run(_annotations[i], inputs, variables, ref budget, cancellation);
            if (outcome is CelString { Value: var said } && said.Trim() is { Length: > 0 } text)
                annotate(Source.Spec.AuditAnnotations[i].Key, text.Length <= AnnotationCharactersMax ? text : text[..AnnotationCharactersMax]);
            else if (outcome is CelError error)
                denials.AddRange(Failed(error.Message) is [var denial] ? [denial with { IsAnnotation = true }] : []);
            if (budget < 0)
                return Failed(OutOfBudget);
        }

        return denials;
    }

    private static (CelProgram? Program, string? Problem) Compile(CelEnvironment environment, string expression, params IReadOnlyList<CelType> results)
    {
        var program = AdmissionEnvironment.Compile(environment, expression.Trim(), out var problem, results);
        return (program, problem);
    }

    private static CelValue Run(
        (CelProgram? Program, string? Problem) compiled, AdmissionInputs inputs, VariableValues variables, ref long budget, CancellationToken cancellation)
    {
        if (compiled.Program is not { } program)
            return new CelError($"compilation error: {compiled.Problem}");
        var outcome = program.Evaluate(inputs, AdmissionEnvironment.ExpressionCostMax, cancellation);
        budget -= outcome.Cost + variables.Cost;
        variables.Cost = 0;
        return outcome.Error is { } error ? new CelError($"expression '{program.Source}' resulted in error: {error}") : outcome.Value;
    }

    private IReadOnlyList<PolicyDenial> Failed(string problem) => IgnoresFailure ? [] : [new PolicyDenial(problem, "Invalid")];

    private string Message(int index, AdmissionInputs inputs, VariableValues variables, ref long budget, CancellationToken cancellation)
    {
        var validation = Source.Spec.Validations[index];
        if (_messages[index].Program is not null && Run(_messages[index], inputs, variables, ref budget, cancellation) is CelString { Value: var made })
        {
            made = made.Trim();
            if (made.Length is > 0 and <= MessageCharactersMax && !made.Contains('\n', StringComparison.Ordinal))
                return made;
        }

        return validation.Message.Trim() is { Length: > 0 } message ? message : $"failed expression: {validation.Expression.Trim()}";
    }
}
