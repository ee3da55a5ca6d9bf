using Berth.Cel.Functions;
using Berth.Cel.Syntax;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Checking;

/// <summary>
/// Gives every node of an expression its type, settles names and overloads, and says what does not fit. Where a type is not known
/// (dyn) everything is let through and looked at when it runs.
/// </summary>
internal sealed class Checker(CelEnvironment environment)
{
    // A map of a type to itself is twice that type: a few dozen of them would take for ever to look through.
    private const int WeightMax = 1000;

    private readonly TypeBindings _bindings = new();
    private readonly List<CelIssue> _issues = [];
    private readonly List<Scope> _scopes = [];
    private int _mixed;

    public IReadOnlyList<CelIssue> Issues => _issues;

    /// <summary>The variables of the environment that the expression uses.</summary>
    public HashSet<string> Read { get; } = new(StringComparer.Ordinal);

    /// <summary>Places that the variables of macros need at the same time.</summary>
    public int Slots { get; private set; }

    public CelType Check(Expr expression)
    {
        Visit(expression);
        return _bindings.Substitute(expression.Type, final: true);
    }

    /// <summary>A node's type when all is checked.</summary>
    public CelType Final(Expr expression) => _bindings.Substitute(expression.Type, final: true);

    private CelType Visit(Expr expression)
    {
        var type = TypeOf(expression);
        if (type.Weight > WeightMax)
        {
            Report(expression.Position, "the type of the expression is too complex");
            type = CelType.Dyn;
        }

        return expression.Type = type;
    }

    private CelType TypeOf(Expr expression) => expression switch
    {
        LiteralExpr literal => literal.Value.Type,
        IdentExpr ident => Ident(ident),
        SelectExpr select => Select(select),
        CallExpr call => Call(call),
        ListExpr list => List(list),
        MapExpr map => Map(map),
        StructExpr made => Struct(made),
        ComprehensionExpr comprehension => Comprehension(comprehension),
        BindExpr bind => Bind(bind),
        _ => throw new InvalidOperationException($"There is no check for {expression.GetType().Name}."),
    };

    private CelType Ident(IdentExpr ident)
    {
        if (Find(ident.Name, out var type) is { } reference)
        {
            ident.Reference = reference;
            return type;
        }

        return Undeclared(ident.Position, ident.Name.TrimStart('.'));
    }

    private CelType Undeclared(int position, string name)
    {
        Report(position, $"undeclared reference to '{name}' (in container '')");
        return CelType.Dyn;
    }

    private Reference? Find(string name, out CelType type)
    {
        var isRoot = name.StartsWith('.');
        name = name.TrimStart('.');
        type = CelType.Dyn;
        for (var i = _scopes.Count - 1; i >= 0 && !isRoot; i--)
        {
            if (_scopes[i].Name != name)
                continue;
            type = _scopes[i].Type;
            return new Reference(null, _scopes[i].Slot);
        }

        if (environment.Variables.TryGetValue(name, out var declared))
        {
            type = declared;
            Read.Add(name);
            return new Reference(name);
        }

        if (environment.FindType(name) is { } named)
        {
            type = CelType.Type(named);
            return new Reference(null, Constant: new CelTypeValue(named));
        }

        return null;
    }

    // a.b.c when that is all there is to it.
    private static string? QualifiedName(Expr expression) => expression switch
    {
        IdentExpr ident => ident.Name,
        SelectExpr { IsTest: false, IsOptional: false } select => QualifiedName(select.Operand) is { } front ? $"{front}.{select.Field}" : null,
        _ => null,
    };

    private bool IsShadowed(string name) => _scopes.Exists(s => name == s.Name || name.StartsWith(s.Name + ".", StringComparison.Ordinal));

    private CelType Select(SelectExpr select)
    {
        if (QualifiedName(select) is { } name && !IsShadowed(name) && Find(name, out var found) is { } reference)
        {
            select.Reference = reference;
            return found;
        }

        var operand = _bindings.Substitute(Visit(select.Operand));
        var inOptional = operand.IsOptional;
        if (inOptional)
            operand = operand.Parameters[0];
        var field = Field(operand, select);
        if (select.IsTest)
            return CelType.Bool;
        return inOptional || select.IsOptional ? CelType.Optional(field) : field;
    }

    private CelType Field(CelType operand, SelectExpr select)
    {
        switch (operand)
        {
            case CelObjectType known:
                if (known.Field(select.Field) is { } type)
                    return type;
                Report(select.Position, $"undefined field '{select.Field}'");
                return CelType.Dyn;
            case { Kind: CelKind.Map }:
                return operand.Parameters[1];
            case { Kind: CelKind.Dyn }:
                return CelType.Dyn;
            case { Kind: CelKind.Parameter }:
                _bindings.IsAssignable(operand, CelType.Dyn);
                return CelType.Dyn;
            default:
                Report(select.Position, $"type '{_bindings.Substitute(operand, true)}' does not support field selection");
                return CelType.Dyn;
        }
    }

    private CelType Call(CallExpr call)
    {
        if (call.Target is { } target)
        {
            // sets.contains(a, b) is a function with a long name rather than something called on sets.
            if (QualifiedName(target) is { } front && !IsShadowed(front) && environment.Functions.Has($"{front}.{call.Function}"))
            {
                call.Function = $"{front.TrimStart('.')}.{call.Function}";
                call.Target = null;
            }
            else
            {
                Visit(target);
            }
        }

        // What is formatted may be of any types.
        var isFormat = call is { Function: "format", Target: not null };
        _mixed += isFormat ? 1 : 0;
        foreach (var argument in call.Arguments)
            Visit(argument);
        _mixed -= isFormat ? 1 : 0;
        if (!environment.Functions.Has(call.Function))
            return Undeclared(call.Position, call.Function);
        if (call is { Function: "_&&_" or "_||_", Target: null })
            return Logic(call);
        IReadOnlyList<Expr> arguments = call.Target is null ? call.Arguments : [call.Target, .. call.Arguments];
        Literals(call);
        return Resolve(call, [.. arguments.Select(a => a.Type)]);
    }

    private CelType Logic(CallExpr call)
    {
        call.Overloads = environment.Functions.Find(call.Function);
        foreach (var argument in call.Arguments)
            Truth(argument);
        return CelType.Bool;
    }

    private void Truth(Expr expression)
    {
        if (!_bindings.IsAssignable(CelType.Bool, expression.Type))
            Report(expression.Position, $"expected type 'bool' but found '{_bindings.Substitute(expression.Type, final: true)}'");
    }

    private CelType Resolve(CallExpr call, CelType[] arguments)
    {
        var fitting = new List<CelOverload>();
        CelType? result = null;
        foreach (var overload in environment.Functions.Find(call.Function))
        {
            if (overload.IsMember != (call.Target is not null) || overload.Parameters.Count != arguments.Length)
                continue;
            var mark = _bindings.Mark();
            var fresh = new Dictionary<string, CelType>(StringComparer.Ordinal);
            var fits = true;
            for (var i = 0; i < arguments.Length && fits; i++)
                fits = _bindings.IsAssignable(_bindings.Instantiate(overload.Parameters[i], fresh), arguments[i]);
            if (!fits)
            {
                _bindings.Return(mark);
                continue;
            }

            fitting.Add(overload);
            var given = _bindings.Substitute(_bindings.Instantiate(overload.Result, fresh));
            result = result is null ? given : result.ToString() == given.ToString() ? result : CelType.Dyn;
        }

        call.Overloads = fitting;
        if (result is not null)
            return result;
        NoOverload(call.Position, call.Function, call.Target is not null, arguments);
        return CelType.Dyn;
    }

    private void NoOverload(int position, string function, bool isMember, params CelType[] arguments)
    {
        var texts = arguments.Select(a => _bindings.Substitute(a, final: true).ToString()).ToArray();
        var signature = isMember ? $"{texts[0]}.({string.Join(", ", texts[1..])})" : $"({string.Join(", ", texts)})";
        Report(position, $"found no matching overload for '{function}' applied to '{signature}'");
    }

    // Texts that are never going to work are better refused now.
    private void Literals(CallExpr call)
    {
        if (call.Function is "duration" or "timestamp" && call.Arguments is [LiteralExpr { Value: CelString text } at])
        {
            if (call.Function == "duration" ? !CelDuration.TryParse(text.Value, out _) : !CelTimestamp.TryParse(text.Value, out _))
                Report(at.Position, $"invalid {call.Function} argument");
        }

        if (call.Function is "matches" or "find" or "findAll" && call.Arguments is [.., LiteralExpr { Value: CelString pattern } last] && call.Arguments.Count <= 2
            && call.Function == "matches" && LinearRegex.TryCompile(pattern.Value, out _) is null)
        {
            Report(last.Position, "invalid matches argument");
        }
    }

    private CelType List(ListExpr list)
    {
        CelType? item = null;
        foreach (var (part, isOptional) in list.Items)
        {
            var type = Visit(part);
            if (isOptional)
                type = Unwrapped(part.Position, type);
            item = item is null ? type : Join(part.Position, item, type);
        }

        return CelType.List(item ?? _bindings.Fresh());
    }

    private CelType Map(MapExpr map)
    {
        CelType? key = null;
        CelType? value = null;
        foreach (var entry in map.Entries)
        {
            var keyType = Visit(entry.Key);
            key = key is null ? keyType : Join(entry.Key.Position, key, keyType);
            var valueType = Visit(entry.Value);
            if (entry.IsOptional)
                valueType = Unwrapped(entry.Value.Position, valueType);
            value = value is null ? valueType : Join(entry.Value.Position, value, valueType);
        }

        return CelType.Map(key ?? _bindings.Fresh(), value ?? _bindings.Fresh());
    }

    private CelType Unwrapped(int position, CelType type)
    {
        type = _bindings.Substitute(type);
        if (type.IsOptional)
            return type.Parameters[0];
        if (!type.IsDyn)
            Report(position, $"expected type 'optional_type({type})' but found '{type}'");
        return CelType.Dyn;
    }

    // All members of a literal are of one type, unless that is not known.
    private CelType Join(int position, CelType one, CelType other)
    {
        if (_bindings.IsAssignable(one, other))
            return _bindings.Substitute(other).IsDyn ? CelType.Dyn : one;
        if (_bindings.IsAssignable(other, one))
            return other;
        if (_mixed == 0)
            Report(position, $"expected type '{_bindings.Substitute(one, true)}' but found '{_bindings.Substitute(other, true)}'");
        return CelType.Dyn;
    }

    private CelType Struct(StructExpr made)
    {
        var type = environment.FindType(made.Name);
        if (type is null)
            Undeclared(made.Position, made.Name);
        else if (type is not CelObjectType)
            Report(made.Position, $"'{made.Name}' is not a message type");
        foreach (var (name, position, value, isOptional) in made.Fields)
        {
            var given = Visit(value);
            if (isOptional)
                given = Unwrapped(position, given);
            if (type is not CelObjectType known)
                continue;
            if (known.Field(name) is not { } wanted)
                Report(position, $"undefined field '{name}'");
            else if (!_bindings.IsAssignable(wanted, given))
                Report(position, $"expected type of field '{name}' is '{wanted}' but provided type is '{_bindings.Substitute(given, true)}'");
        }

        return type ?? CelType.Dyn;
    }

    private CelType Comprehension(ComprehensionExpr macro)
    {
        var range = _bindings.Substitute(Visit(macro.Range));
        CelType first, second;
        switch (range.Kind)
        {
            case CelKind.List:
                (first, second) = macro.Second is null ? (range.Parameters[0], CelType.Dyn) : (CelType.Int, range.Parameters[0]);
                break;
            case CelKind.Map:
                (first, second) = (range.Parameters[0], range.Parameters[1]);
                break;
            case CelKind.Dyn or CelKind.Parameter:
                (first, second) = (CelType.Dyn, CelType.Dyn);
                break;
            default:
                Report(macro.Range.Position, $"expression of type '{_bindings.Substitute(range, true)}' cannot be range of a comprehension (must be list, map, or dynamic)");
                (first, second) = (CelType.Dyn, CelType.Dyn);
                break;
        }

        Push(macro.First, first);
        if (macro.Second is { } name)
            Push(name, second);
        CelType? filter = macro.Filter is null ? null : Visit(macro.Filter);
        var body = _bindings.Substitute(Visit(macro.Body));
        _scopes.RemoveRange(_scopes.Count - (macro.Second is null ? 1 : 2), macro.Second is null ? 1 : 2);

        var key = macro.Second is not null || range.Kind == CelKind.Map ? first : CelType.Dyn;
        var result = macro.Kind switch
        {
            ComprehensionKind.Map => CelType.List(body),
            ComprehensionKind.Filter or ComprehensionKind.SortBy => CelType.List(first),
            ComprehensionKind.TransformMap => CelType.Map(key, body),
            ComprehensionKind.TransformMapEntry => body,
            _ => CelType.Bool,
        };
        if (filter is not null)
            Condition(macro.Filter!.Position, "_?_:_", filter, result);
        switch (macro.Kind)
        {
            case ComprehensionKind.All or ComprehensionKind.Exists:
                Truth(macro.Body);
                break;
            case ComprehensionKind.ExistsOne or ComprehensionKind.Filter:
                Condition(macro.Position, "_?_:_", body, macro.Kind == ComprehensionKind.ExistsOne ? CelType.Int : result);
                break;
            case ComprehensionKind.TransformMapEntry when body.Kind is not (CelKind.Map or CelKind.Dyn):
                NoOverload(macro.Position, "cel.@mapInsert", false, CelType.MapOfDyn, body);
                break;
        }

        return result;
    }

    private void Condition(int position, string function, CelType condition, CelType result)
    {
        if (!_bindings.IsAssignable(CelType.Bool, condition))
            NoOverload(position, function, false, condition, result, result);
    }

    private CelType Bind(BindExpr bind)
    {
        var value = _bindings.Substitute(Visit(bind.Value));
        if (bind.Kind != BindKind.Value)
        {
            if (!value.IsOptional && !value.IsDyn)
                NoOverload(bind.Position, "hasValue", true, value);
            value = value.IsOptional ? value.Parameters[0] : CelType.Dyn;
        }

        Push(bind.Variable, value);
        var body = Visit(bind.Body);
        _scopes.RemoveAt(_scopes.Count - 1);
        return bind.Kind == BindKind.OptionalMap ? CelType.Optional(body) : body;
    }

    private void Push(string name, CelType type)
    {
        _scopes.Add(new Scope(name, _scopes.Count, type));
        Slots = Math.Max(Slots, _scopes.Count);
    }

    private void Report(int position, string message) => _issues.Add(new CelIssue(position, message));
}
