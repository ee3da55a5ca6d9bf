using System.Runtime.CompilerServices;
using Berth.Api.Schema;
using Berth.ApiServer.CustomResources.Rules;
using Berth.Cel.Types;

namespace Berth.ApiServer.Admission.TypeChecks;

/// <summary>A built-in type of the API as expressions see it. Its fields are looked at when somebody asks: types refer to each other, also in circles.</summary>
internal sealed class MessageType : CelObjectType
{
    private static readonly ConditionalWeakTable<MessageSchema, MessageType> s_known = [];

    private readonly MessageSchema _schema;
    private readonly Lazy<Dictionary<string, FieldSchema>> _escaped;

    private MessageType(MessageSchema schema)
        : base(schema.Name)
    {
        _schema = schema;
        _escaped = new Lazy<Dictionary<string, FieldSchema>>(() =>
        {
            var names = new Dictionary<string, FieldSchema>(StringComparer.Ordinal);
            foreach (var field in schema.Fields)
            {
                if (PropertyNames.Escape(field.Name) is { } escaped && escaped != field.Name)
                    names[escaped] = field;
            }

            return names;
        });
    }

    public static MessageType Of(MessageSchema schema) => s_known.GetValue(schema, static s => new MessageType(s));

    // Policies reach fields under their own names as well: what they are given has no type when they run.
    public override CelType? Field(string name) => (_schema.Field(name) ?? _escaped.Value.GetValueOrDefault(name)) is { } field ? TypeOf(field.Value) : null;

    private static CelType TypeOf(ValueSchema value) => value.Format switch
    {
        // Texts or numbers: nothing to say before one is there.
        "quantity" or "int-or-string" => Dyn,
        "byte" => Bytes,
        "date-time" or "micro-time" => Timestamp,
        _ => value.Kind switch
        {
            ValueKind.String => String,
            ValueKind.Integer => Int,
            ValueKind.Number => Double,
            ValueKind.Boolean => Bool,
            ValueKind.List => List(TypeOf(value.Element!)),
            ValueKind.Map => Map(String, TypeOf(value.Element!)),
            // What is atomic and has no fields is one of several shapes.
            ValueKind.Message when value.Message is { } message && message is not { Atomic: true, Fields.Count: 0 } => Of(message),
            _ => Dyn,
        },
    };
}
