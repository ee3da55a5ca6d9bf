using System.Globalization;
using System.Text;
using System.Text.Json;
using Berth.Api;
using Berth.Api.Meta.V1;

namespace Berth.ApiServer.Validation;

/// <summary>
/// Collects what is wrong with an object, field by field, in the words that users of Kubernetes know. Becomes the causes
/// and the message of a Status with reason Invalid (422).
/// </summary>
public sealed class FieldErrors
{
    private readonly List<StatusCause> _causes = [];

    public IReadOnlyList<StatusCause> Causes => _causes;

    public bool IsEmpty => _causes.Count == 0;

    public void Required(string path, string detail = "") =>
        Add("FieldValueRequired", path, "Required value", detail);

    /// <param name="value">As it stands in the object; strings are quoted, null is printed as null.</param>
    public void Invalid(string path, object? value, string detail) =>
        Add("FieldValueInvalid", path, $"Invalid value: {Show(value)}", detail);

    /// <param name="value">What the value is instead.</param>
    public void TypeInvalid(string path, object? value, string detail) => Add("FieldValueTypeInvalid", path, $"Invalid value: {Show(value)}", detail);

    /// <summary>For structs whose content as a whole is wrong and would only fill the message.</summary>
    public void InvalidStruct(string path, string detail) => Add("FieldValueInvalid", path, "Invalid value", detail);

    /// <summary>One error for each problem, as the checks of <see cref="NameSyntax"/> give them.</summary>
    public void Invalid(FieldPath path, object? value, string[] problems)
    {
        foreach (var problem in problems)
            Invalid((string)path, value, problem);
    }

    /// <param name="supported">In the order in which they are shown.</param>
    public void NotSupported(string path, object? value, params IEnumerable<string> supported) =>
        Add("FieldValueNotSupported", path, $"Unsupported value: {Show(value)}", "supported values: " + string.Join(", ", supported.Select(s => $"\"{s}\"")));

    public void Forbidden(string path, string detail) => Add("FieldValueForbidden", path, "Forbidden", detail);

    public void Duplicate(string path, object? value, string detail = "") => Add("FieldValueDuplicate", path, $"Duplicate value: {Show(value)}", detail);

    /// <summary>For structs whose content as a whole would only fill the message.</summary>
    public void DuplicateStruct(string path) => Add("FieldValueDuplicate", path, "Duplicate value", "");

    public void NotFound(string path, object? value, string detail = "") => Add("FieldValueNotFound", path, $"Not found: {Show(value)}", detail);

    public void TooLong(string path, int maxLength) => Add("FieldValueTooLong", path, "Too long", $"may not be more than {maxLength} bytes");

    public void TooMany(string path, int actual, int maxItems) =>
        Add("FieldValueTooMany", path, $"Too many: {actual}", $"must have at most {maxItems} items");

    /// <summary>Takes out what is also wrong elsewhere.</summary>
    public void Forget(FieldErrors known) => _causes.RemoveAll(known._causes.Contains);

    /// <summary>The causes as one text: alone when there is one, in brackets when there are several.</summary>
    public string Describe()
    {
        var texts = _causes.Select(c => $"{c.Field}: {c.Message}").Distinct().ToList();
        return texts.Count == 1 ? texts[0] : $"[{string.Join(", ", texts)}]";
    }

    private static string Show(object? value) => value switch
    {
        null => "null",
        string text => Quote(text),
        bool flag => flag ? "true" : "false",
        Quantity quantity => $"\"{quantity}\"",
        IntOrString { IsString: true } text => Quote(text.String),
        Time time => $"\"{time}\"",
        System.Text.Json.Nodes.JsonNode node => Encoding.UTF8.GetString(Patch.JsonTree.ToBytes(node)),
        IMessage message => Encoding.UTF8.GetString(ApiJson.Serialize(message)),
        IReadOnlyDictionary<string, Quantity> amounts => amounts.Count == 0 ? "null" : "{" + string.Join(",", amounts.Select(e => $"{Quote(e.Key)}:\"{e.Value}\"")) + "}",
        IReadOnlyDictionary<string, string> map => "{" + string.Join(",", map.Select(e => $"{Quote(e.Key)}:{Quote(e.Value)}")) + "}",
        System.Collections.IEnumerable list => "[" + string.Join(",", list.Cast<object?>().Select(Show)) + "]",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string Quote(string text) =>
        "\"" + JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping) + "\"";

    private void Add(string reason, string path, string message, string detail) => _causes.Add(new StatusCause
    {
        Reason = reason,
        Message = detail.Length == 0 ? message : $"{message}: {detail}",
        Field = path,
    });
}
