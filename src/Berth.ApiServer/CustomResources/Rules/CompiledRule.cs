using Berth.Api.ApiExtensions.V1;
using Berth.ApiServer.Validation;
using Berth.Cel;
using Berth.Cel.Types;

namespace Berth.ApiServer.CustomResources.Rules;

/// <summary>One rule of a schema (<c>x-kubernetes-validations</c>), compiled. Immutable.</summary>
internal sealed class CompiledRule
{
    public CompiledRule(ValidationRule source, CelType self)
    {
        Source = source;
        var environment = CelEnvironment.Kubernetes
            .WithVariable("self", self)
            .WithVariable("oldSelf", source.OptionalOldSelf == true ? CelType.Optional(self) : self);
        var compiled = environment.Compile(source.Rule);
        Program = compiled.Program;
        if (Program is null)
            Problem = "compilation failed: " + compiled.Problem;
        else if (Program.ResultType.Kind != CelKind.Bool)
            (Program, Problem) = (null, "cel expression must evaluate to a bool");
        IsTransition = Program?.Variables.Contains("oldSelf") == true;
        if (source.MessageExpression.Length == 0)
            return;
        compiled = environment.Compile(source.MessageExpression);
        Message = compiled.Program;
        if (Message is null)
            MessageProblem = "messageExpression compilation failed: " + compiled.Problem;
        else if (Message.ResultType.Kind != CelKind.String)
            (Message, MessageProblem) = (null, "messageExpression must evaluate to a string");
    }

    public ValidationRule Source { get; }

    public CelProgram? Program { get; }

    public string? Problem { get; }

    /// <summary>Null without a message expression.</summary>
    public CelProgram? Message { get; }

    public string? MessageProblem { get; }

    /// <summary>Compares with what was before: not run when there was nothing.</summary>
    public bool IsTransition { get; }

    /// <summary>What the rule is called in errors about itself.</summary>
    public string Shown => Source.Message.Length > 0 ? Source.Message.Trim() : Source.Rule.Trim();

    /// <summary>Where the rule says that the mistake is.</summary>
    public FieldPath At(FieldPath path, StructuralSchema schema) =>
        Source.FieldPath.Length > 0 && RulePath.Resolve(Source.FieldPath, schema, path, out _) is { } below ? below : path;
}
