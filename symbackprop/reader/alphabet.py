"""The characters and commands of mathematics as people type it, and what each of them says: rows, no logic."""

from __future__ import annotations

GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi "
    "psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split()
)
LETTERS = dict(pair.split("=") for pair in (
    "α=alpha β=beta γ=gamma δ=delta ε=epsilon ϵ=epsilon ζ=zeta η=eta θ=theta ϑ=theta ι=iota κ=kappa λ=lambda μ=mu "
    "µ=mu ν=nu ξ=xi ο=omicron π=pi ρ=rho σ=sigma τ=tau υ=upsilon φ=phi ϕ=phi χ=chi ψ=psi ω=omega Γ=Gamma Θ=Theta "
    "Λ=Lambda Ξ=Xi Φ=Phi Ψ=Psi Ω=Omega Υ=Upsilon ℓ=l \u210e=h \u2112=L").split())  # fmt: skip

# Signs by what is typed, in Unicode and as commands.
SIGNS = dict(pair.split() for pair in (
    "− -|– -|+ +|⋅ ·|∙ ·|· ·|• ·|× ×|✕ ×|÷ /|\u2215 /|\u2044 /|⊙ ⊙|∘ ⊙|⊗ ⊗|≈ ≈|≅ ≈|≃ ≈|≤ <=|≥ >=|≠ !=|← ←|→ →|⇒ ⇒|"
    "⟹ ⇒|∴ ⇒|∈ ∈|∂ ∂|∇ ∇|∑ sum|Σ sum|√ √|′ '|″ ''|’ '|‴ '''|⊤ ⊤|ᵀ ^⊤|‖ ‖|∥ ‖|… …|≔ :=|≡ =|∆ Δ|Δ Δ|∞ ∞|≜ =|"
    "\U0001d7d9 \U0001d7d9").split("|"))  # fmt: skip
COMMAND_SIGNS = dict(pair.split() for pair in (
    "cdot ·|times ×|ast *|star *|div /|odot ⊙|circ ⊙|otimes ⊗|partial ∂|nabla ∇|approx ≈|simeq ≈|cong ≈|le <=|leq <=|"
    "leqslant <=|ge >=|geq >=|geqslant >=|ne !=|neq !=|leftarrow ←|gets ←|to →|rightarrow →|longrightarrow →|in ∈|"
    "Rightarrow ⇒|implies ⇒|Longrightarrow ⇒|Leftrightarrow ⇒|iff ⇒|therefore ⇒|prime '|top ⊤|intercal ⊤|lVert ‖|"
    "rVert ‖|Vert ‖|lvert BAR|rvert BAR|vert BAR|mid BAR|ldots …|dots …|cdots …|Delta Δ|infty ∞|lbrace {{|rbrace }}|"
    "lt <|gt >|coloneqq :=|equiv =|triangleq =|lbrack [|rbrack ]").split("|"))  # fmt: skip
COMMAND_SIGNS = {name: "|" if sign == "BAR" else sign for name, sign in COMMAND_SIGNS.items()}

ASCII = frozenset("+-*/@()[]{}^_|&,;:=<>'!.")
DOUBLE = {"**": "^", ":=": ":=", "<-": "←", "<=": "<=", ">=": ">=", "==": "=", "!=": "!=", "->": "→", "=>": "⇒",
          "||": "‖", "~=": "≈"}  # fmt: skip
SPACES = frozenset(
    r", ; ! : > quad qquad thinspace medspace thickspace negthinspace enspace space displaystyle textstyle "
    r"scriptstyle limits nolimits left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr middle "
    r"nonumber notag noindent hfill strut mathstrut small normalsize scriptsize footnotesize large bf rm it cal "
    r"mathop mathord mathbin mathrel mathopen mathclose boxed underline mathstrut par allowbreak nobreak "
    r"mathbf mathit mathcal boldsymbol bm pmb vec mathsf mathtt mathscr mathfrak mathring todisplay".split()
)  # what shows and says nothing
ARGUMENTS = {
    "tag": 1,
    "label": 1,
    "hypertarget": 2,
    "hyperlink": 2,
    "color": 1,
    "textcolor": 1,
    "hspace": 1,
    "vspace": 1,
    "ref": 1,
    "eqref": 1,
    "reason": 2,
    "anchor": 1,
    "phantom": 1,
    "shortintertext": 1,
    "intertext": 1,
    "reasonabove": 1,
    "tag*": 1,
    "cite": 1,
    "footnote": 1,
    "href": 2,
}  # fmt: skip  so many groups are passed over with it
WORDS = frozenset("text mathrm operatorname textrm textbf textit mbox textnormal textsf emph texttt mathnormal".split())
ACCENTS = {"hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde", "widetilde": "tilde"}
STRUCTURE = frozenset("frac dfrac tfrac cfrac sqrt sum lim begin end underbrace overbrace substack".split())
FUNCTION_COMMANDS = frozenset("ln log exp tanh sinh cosh sin cos tan arctan max min".split())
OTHER_NAMES = {"varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta", "ell": "l", "varsigma": "sigma",
               "varrho": "rho", "mathbb": "\U0001d7d9", "mathds": "\U0001d7d9", "bbm": "\U0001d7d9"}  # fmt: skip
CLOSING = {"(": ")", "[": "]", "{": "}"}
VULGAR = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅛": "1/8"}
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜₓ", "0123456789+-()aehijklmnoprstx", strict=True))
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱˡᵗʲᵏʰᵒ", "0123456789+-()niltjkho", strict=True))
HAT = {"\u0302": "hat", "\u0304": "bar", "\u0303": "tilde"}
