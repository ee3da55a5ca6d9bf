using System.Globalization;
using Berth.Cel.Values;

namespace Berth.Cel.Syntax;

/// <summary>
/// Reads an expression by recursive descent. Its first mistake ends it; macros are expanded on the way (<see cref="Macros"/>).
/// </summary>
internal sealed class Parser
{
    // As deep as the reference implementation goes; what follows walks trees by recursion, and a stack has an end.
    public const int DepthMax = 250;

    private const string Start = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

    private static readonly HashSet<string> s_reserved =
    [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return", "var", "void", "while",
    ];

    private readonly List<Token> _tokens;
    private readonly List<CelIssue> _issues;
    private readonly bool _hasBind;
    private int _at;
    private int _nesting;

    private Parser(string source, bool hasBind)
    {
        _hasBind = hasBind;
        _issues = [];
        _tokens = new Lexer(source, _issues).All();
    }

    private Token Current => _tokens[_at];

    /// <returns>Either an expression or issues.</returns>
    public static (Expr? Expression, IReadOnlyList<CelIssue> Issues) Parse(string source, bool hasBind)
    {
        var parser = new Parser(source, hasBind);
        try
        {
            var expression = parser.Expression();
            if (parser.Current.Kind != TokenKind.End)
                throw parser.Left();
            return parser._issues.Count == 0 ? (expression, []) : (null, parser._issues);
        }
        catch (ParseException e)
        {
            return (null, [.. parser._issues, new CelIssue(e.Position, e.Message)]);
        }
    }

    public static bool IsReserved(string word) => s_reserved.Contains(word);

    private Expr Expression()
    {
        if (++_nesting > DepthMax)
            throw TooDeep(Current.Position);
        var condition = Or();
        if (Current.Is("?"))
        {
            var position = Take().Position;
            var yes = Or();
            Expect(":");
            var no = Expression();
            condition = Call(position, "_?_:_", condition, yes, no);
        }

        _nesting--;
        return condition;
    }

    private Expr Or() => Chain("||", "_||_", And);

    private Expr And() => Chain("&&", "_&&_", () => Relation());

    // Balanced, so that a long list of conditions is not a deep one.
    private Expr Chain(string symbol, string function, Func<Expr> term)
    {
        var first = term();
        if (!Current.Is(symbol))
            return first;
        List<Expr> terms = [first];
        var positions = new List<int>();
        while (Current.Is(symbol))
        {
            positions.Add(Take().Position);
            terms.Add(term());
        }

        return Balance(0, terms.Count - 1);

        Expr Balance(int low, int high)
        {
            if (low == high)
                return terms[low];
            var middle = (low + high) / 2;
            return Call(positions[middle], function, Balance(low, middle), Balance(middle + 1, high));
        }
    }

    private Expr Relation()
    {
        var left = Sum();
        while (Current.Kind == TokenKind.Symbol && Current.Text is "<" or "<=" or ">" or ">=" or "==" or "!=" or "in")
        {
            var symbol = Take();
            left = Call(symbol.Position, symbol.Text == "in" ? "@in" : $"_{symbol.Text}_", left, Sum());
        }

        return left;
    }

    private Expr Sum()
    {
        var left = Product();
        while (Current.Is("+") || Current.Is("-"))
        {
            var symbol = Take();
            left = Call(symbol.Position, $"_{symbol.Text}_", left, Product());
        }

        return left;
    }

    private Expr Product()
    {
        var left = Unary();
        while (Current.Is("*") || Current.Is("/") || Current.Is("%"))
        {
            var symbol = Take();
            left = Call(symbol.Position, $"_{symbol.Text}_", left, Unary());
        }

        return left;
    }

    private Expr Unary()
    {
        if (!Current.Is("!") && !(Current.Is("-") && !IsNumber(_tokens[_at + 1].Kind)))
            return Member();
        var symbol = Current.Text;
        var (position, count) = (Current.Position, 0);
        while (Current.Is(symbol) && !(symbol == "-" && IsNumber(_tokens[_at + 1].Kind) && count % 2 == 0 && count > 0))
        {
            Take();
            count++;
        }

        var operand = Member();
        return count % 2 == 0 ? operand : Call(position, symbol == "!" ? "!_" : "-_", operand);
    }

    private static bool IsNumber(TokenKind kind) => kind is TokenKind.Int or TokenKind.Double;

    private Expr Member()
    {
        var value = Primary();
        while (true)
        {
            if (Current.Is("."))
            {
                var position = Take().Position;
                var isOptional = TakeIf("?");
                if (Current.Kind != TokenKind.Identifier)
                    throw new ParseException(Current.Position, $"Syntax error: no viable alternative at input '.{(isOptional ? "?" : "")}{(Current.Kind == TokenKind.End ? "" : Current.Text)}'");
                var name = Take();
                if (Current.Is("(") && !isOptional)
                {
                    var open = Take().Position;
                    var arguments = Arguments(")");
                    value = Bounded(Macros.Expand(open, name.Text, value, arguments, _hasBind) ?? new CallExpr(open, name.Text, value, arguments));
                }
                else
                {
                    value = Bounded(new SelectExpr(position, value, name.Text, isOptional: isOptional));
                }
            }
            else if (Current.Is("["))
            {
                var position = Take().Position;
                var function = TakeIf("?") ? "_[?_]" : "_[_]";
                var index = Expression();
                Expect("]");
                value = Call(position, function, value, index);
            }
            else
            {
                return value;
            }
        }
    }

    private Expr Primary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Int or TokenKind.Uint or TokenKind.Double:
                Take();
                return Number(token, "");
            case TokenKind.String:
                Take();
                return new LiteralExpr(token.Position, (string)token.Content!);
            case TokenKind.Bytes:
                Take();
                return new LiteralExpr(token.Position, new CelBytes((byte[])token.Content!));
            case TokenKind.Identifier:
                return Named("");
            case TokenKind.Symbol:
                return Symbol(token);
            default:
                throw NoStart();
        }
    }

    private Expr Symbol(Token token)
    {
        switch (token.Text)
        {
            case "true" or "false":
                Take();
                return new LiteralExpr(token.Position, token.Text == "true");
            case "null":
                Take();
                return new LiteralExpr(token.Position, CelNull.Instance);
            case "-" when IsNumber(_tokens[_at + 1].Kind):
                Take();
                return Number(Take() with { Position = token.Position }, "-");
            case "(":
                Take();
                var inner = Expression();
                Expect(")");
                return inner;
            case "[":
                return List();
            case "{":
                return Map();
            case "." when _tokens[_at + 1].Kind == TokenKind.Identifier:
                Take();
                return Named(".");
            default:
                throw NoStart();
        }
    }

    // An identifier, a call without a target, or the construction of an object.
    private Expr Named(string lead)
    {
        var start = _at;
        if (StructName() is { } type)
            return Struct(_tokens[start].Position, type);
        var name = Take();
        if (Current.Is("("))
        {
            var open = Take().Position;
            var arguments = Arguments(")");
            return Bounded(Macros.Expand(open, name.Text, null, arguments, _hasBind) ?? new CallExpr(open, name.Text, null, arguments));
        }

        if (s_reserved.Contains(name.Text))
            throw new ParseException(name.Position, $"reserved identifier: {name.Text}");
        return new IdentExpr(name.Position, lead + name.Text);
    }

    private string? StructName()
    {
        var end = _at;
        while (_tokens[end].Kind == TokenKind.Identifier && _tokens[end + 1].Is(".") && _tokens[end + 2].Kind == TokenKind.Identifier)
            end += 2;
        if (_tokens[end].Kind != TokenKind.Identifier || !_tokens[end + 1].Is("{"))
            return null;
        var name = string.Concat(_tokens[_at..(end + 1)].Select(t => t.Text));
        _at = end + 1;
        return name;
    }

    private Expr Struct(int position, string name)
    {
        Expect("{");
        var fields = new List<(string, int, Expr, bool)>();
        while (!Current.Is("}"))
        {
            var isOptional = TakeIf("?");
            var field = Identifier();
            var colon = Expect(":");
            fields.Add((field.Text, colon.Position, Expression(), isOptional));
            if (!TakeIf(","))
                break;
        }

        Expect("}");
        return Bounded(new StructExpr(position, name, fields));
    }

    private Expr List()
    {
        var position = Expect("[").Position;
        var items = new List<(Expr, bool)>();
        while (!Current.Is("]"))
        {
            var isOptional = TakeIf("?");
            items.Add((Expression(), isOptional));
            if (!TakeIf(","))
                break;
        }

        Expect("]");
        return Bounded(new ListExpr(position, items));
    }

    private Expr Map()
    {
        var position = Expect("{").Position;
        var entries = new List<(Expr, Expr, bool)>();
        while (!Current.Is("}"))
        {
            var isOptional = TakeIf("?");
            var key = Expression();
            Expect(":");
            entries.Add((key, Expression(), isOptional));
            if (!TakeIf(","))
                break;
        }

        Expect("}");
        return Bounded(new MapExpr(position, entries));
    }

    private List<Expr> Arguments(string close)
    {
        var arguments = new List<Expr>();
        if (Current.Kind == TokenKind.End)
            throw Unexpected(Start.Replace("'('", "'(', ')'", StringComparison.Ordinal));
        if (!TakeIf(close))
        {
            do
                arguments.Add(Expression());
            while (TakeIf(","));
            Expect(close);
        }

        return arguments;
    }

    private static LiteralExpr Number(Token token, string sign)
    {
        var text = sign + token.Text;
        switch (token.Kind)
        {
            case TokenKind.Int when TryWhole(token.Text, out var magnitude) && magnitude <= (sign.Length == 0 ? long.MaxValue : 1UL << 63):
                return new LiteralExpr(token.Position, sign.Length == 0 ? (long)magnitude : (long)(0 - magnitude));
            case TokenKind.Uint when TryWhole(token.Text[..^1], out var value):
                return new LiteralExpr(token.Position, new CelUint(value));
            case TokenKind.Double when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && !double.IsInfinity(number):
                return new LiteralExpr(token.Position, number);
            default:
                throw new ParseException(token.Position, $"invalid {(token.Kind switch { TokenKind.Int => "int", TokenKind.Uint => "uint", _ => "double" })} literal");
        }
    }

    private static bool TryWhole(string text, out ulong value) => text.StartsWith("0x", StringComparison.Ordinal)
        ? ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
        : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private Expr Call(int position, string function, params IReadOnlyList<Expr> arguments) => Bounded(new CallExpr(position, function, null, arguments));

    private static Expr Bounded(Expr expression) => expression.Depth <= DepthMax ? expression : throw TooDeep(expression.Position);

    private static ParseException TooDeep(int position) => new(position, $"expression recursion limit exceeded: {DepthMax}");

    private Token Take() => _tokens[Current.Kind == TokenKind.End ? _at : _at++];

    private bool TakeIf(string symbol)
    {
        if (!Current.Is(symbol))
            return false;
        _at++;
        return true;
    }

    private Token Expect(string symbol) => Current.Is(symbol) ? Take() : throw Unexpected($"'{symbol}'");

    private Token Identifier() => Current.Kind == TokenKind.Identifier ? Take() : throw Unexpected("IDENTIFIER");

    // One token too many reads differently from a text that goes on.
    private ParseException Left() => _tokens[_at + 1].Kind == TokenKind.End
        ? new(Current.Position, $"Syntax error: extraneous input '{Current.Text}' expecting <EOF>")
        : Unexpected("<EOF>");

    // One token too many, again.
    private ParseException NoStart() => Current.Kind != TokenKind.End && _tokens[_at + 1] is var next
        && (next.Kind is not (TokenKind.End or TokenKind.Symbol) || (next.Kind == TokenKind.Symbol && next.Text is "[" or "{" or "(" or "." or "-" or "!" or "true" or "false" or "null"))
        ? new(Current.Position, $"Syntax error: extraneous input '{Current.Text}' expecting {Start}")
        : Unexpected(Start);

    private ParseException Unexpected(string expected) =>
        new(Current.Position, $"Syntax error: mismatched input '{Current.Text}' expecting {expected}");
}
