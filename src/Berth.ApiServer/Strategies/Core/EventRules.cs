using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Core;

/// <summary>Rules of events that say who reports them and what was done.</summary>
internal static class EventRules
{
    private const int NameMax = 128;
    private const int NoteMax = 1024;

    public static void Described(FieldErrors errors, string reporterField, string reporter, string instance, string action, string reason, string note)
    {
        if (reporter.Length == 0)
            errors.Required(reporterField);
        errors.Invalid(FieldPath.Root[reporterField], reporter, NameSyntax.QualifiedName(reporter));
        foreach (var (field, value) in (ReadOnlySpan<(string, string)>)[("reportingInstance", instance), ("action", action), ("reason", reason)])
        {
            if (value.Length == 0)
                errors.Required(field);
            if (value.Length > NameMax)
                errors.Invalid(field, "", $"can have at most {NameMax} characters");
        }

        if (note.Length > NoteMax)
            errors.Invalid("message", "", $"can have at most {NoteMax} characters");
    }
}
